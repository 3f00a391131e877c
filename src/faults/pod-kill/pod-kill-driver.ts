import type { FaultHandle, PodKillFaultSpec } from '../../model/fault.ts';
import { createObjectMemory } from '../../undo/object-memory.ts';
import type { DriverContext, FaultDriver, RollbackResult } from '../driver.ts';
import { explainFault } from './explain.ts';
import { decodeHandle } from './handle.ts';
import { readHealing } from './healing.ts';
import { injectFault } from './inject.ts';
import { keepKilling } from './keep-up.ts';
import { createKillBook, type KillBook } from './kill-book.ts';
import { observeFault } from './observe.ts';
import { prepareFault } from './preflight.ts';
import { effectOf, titleOf } from './title.ts';
import { validateFault } from './validate.ts';
import { verifyFaultGone } from './verify-gone.ts';

/** The driver of pods that are deleted through the Kubernetes API (docs/drivers/pod-kill.md). */
export function createPodKillDriver(memory = createObjectMemory()): FaultDriver<PodKillFaultSpec> {
  const book = createKillBook(memory);
  return {
    name: 'pod-kill',
    heals: () => true,
    title: titleOf,
    effect: effectOf,
    validate: validateFault,
    preflight: prepareFault,
    inject: (prepared, context) => injectFault(book, prepared, context),
    keepUp: (prepared, context) => keepKilling(book, prepared, context),
    observe: (handle, injected, context) => observeFault(book, handle, injected, context),
    explain: (prepared, injected, _experiment, context) => explainFault(book, prepared, injected, context),
    rollback: (handle, context) => rollBackFault(book, handle, context),
    verifyGone: (handle, injected, context) => verifyFaultGone(book, handle, injected, context),
    changes: async (handle, context) => {
      const { namespace, owners } = decodeHandle(handle);
      return (await readHealing(namespace, [], owners, context, memory)).drift;
    },
    leftovers: () => Promise.resolve([]),
  };
}

/** There is nothing to write: the pods' owners replace them. Says so, also after an injection that got half through. */
function rollBackFault(book: KillBook, handle: FaultHandle, { clock }: DriverContext): Promise<RollbackResult> {
  const { killed } = book.of(handle);
  const detail = 'a kill is not taken back: the owners of the pods replace them';
  return Promise.resolve({ ...(killed.length > 0 && { writtenAt: clock.now() }), drift: [], detail });
}
