import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { createObjectMemory } from '../../undo/object-memory.ts';
import type { FaultDriver } from '../driver.ts';
import { effectOf } from './effect.ts';
import { injectFault } from './inject.ts';
import { explainFault } from './explain.ts';
import { findLeftovers } from './leftovers.ts';
import { observeFault } from './observe.ts';
import { prepareFault } from './preflight.ts';
import { rollBackFault } from './rollback.ts';
import { titleOf } from './title.ts';
import { validateFault } from './validate.ts';
import { verifyFaultGone } from './verify-gone.ts';

/** The driver of experiments that the ChaosBlade operator carries out (docs/drivers/chaosblade.md). */
export function createChaosBladeDriver(memory = createObjectMemory()): FaultDriver<ChaosBladeFaultSpec> {
  return {
    name: 'chaosblade',
    heals: ({ spec }) => spec.target === 'pod' && spec.action === 'delete',
    title: titleOf,
    effect: effectOf,
    validate: validateFault,
    preflight: prepareFault,
    inject: (prepared, context) => injectFault(prepared, context, memory),
    observe: (handle, injected, context) => observeFault(handle, injected, context, memory),
    explain: explainFault,
    rollback: (handle, context) => rollBackFault(handle, context, memory),
    verifyGone: (handle, _injected, context) => verifyFaultGone(handle, context),
    leftovers: findLeftovers,
  };
}
