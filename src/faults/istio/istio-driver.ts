import type { IstioFaultSpec } from '../../model/fault.ts';
import type { FaultDriver } from '../driver.ts';
import { findBypasses } from './bypass.ts';
import { injectFault } from './inject.ts';
import { findLeftovers } from './leftovers.ts';
import { effectOf } from './effect.ts';
import { observeFault } from './observe.ts';
import { diagnoseFault, prepareFault } from './preflight.ts';
import { rollBackFault } from './rollback.ts';
import { titleOf } from './title.ts';
import { validateFault } from './validate.ts';
import { verifyFaultGone } from './verify-gone.ts';
import { createWatchBook } from './watch-book.ts';

/** The driver of delays and aborts that Istio's proxies carry out (docs/drivers/istio.md). */
export function createIstioDriver(): FaultDriver<IstioFaultSpec> {
  const book = createWatchBook();
  const unanswered = new Set<string>();
  return {
    name: 'istio',
    title: titleOf,
    effect: effectOf,
    validate: validateFault,
    preflight: prepareFault,
    inject: (prepared, context) => injectFault(prepared, context, unanswered),
    observe: (handle, injected, context) => observeFault(book, handle, injected, context),
    bypasses: findBypasses,
    diagnose: diagnoseFault,
    rollback: (handle, context) => rollBackFault(handle, context, unanswered),
    verifyGone: (handle, injected, context) => verifyFaultGone(book, handle, injected, context),
    leftovers: findLeftovers,
  };
}
