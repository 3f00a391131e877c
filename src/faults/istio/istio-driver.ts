import type { IstioFaultSpec } from '../../model/fault.ts';
import { createObjectMemory } from '../../undo/object-memory.ts';
import type { FaultDriver } from '../driver.ts';
import { findBypasses } from './bypass.ts';
import { injectFault } from './inject.ts';
import { findLeftovers } from './leftovers.ts';
import { effectOf } from './effect.ts';
import { changesOf, observeFault } from './observe.ts';
import { explainFault } from './explain.ts';
import { prepareFault } from './preflight.ts';
import { rollBackFault } from './rollback.ts';
import { titleOf } from './title.ts';
import { validateFault } from './validate.ts';
import { verifyFaultGone } from './verify-gone.ts';
import { createWatchBook } from './watch-book.ts';

/** The driver of delays and aborts that Istio's proxies carry out (docs/drivers/istio.md). */
export function createIstioDriver(memory = createObjectMemory()): FaultDriver<IstioFaultSpec> {
  const book = createWatchBook();
  const own = { unanswered: new Set<string>(), memory };
  return {
    name: 'istio',
    title: titleOf,
    effect: effectOf,
    validate: validateFault,
    preflight: (run, fault, experiment, context) => prepareFault(run, fault, experiment, context, memory),
    inject: (prepared, context) => injectFault(prepared, context, own),
    observe: (handle, injected, context) => observeFault(book, handle, injected, context, memory),
    bypasses: findBypasses,
    explain: (prepared, injected, experiment, context) => explainFault(book, prepared, injected, experiment, context),
    rollback: (handle, context) => rollBackFault(handle, context, own),
    changes: (handle, context) => changesOf(handle, context, memory),
    verifyGone: (handle, injected, context) => verifyFaultGone(book, handle, injected, context),
    leftovers: findLeftovers,
  };
}
