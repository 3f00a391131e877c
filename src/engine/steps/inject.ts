import { type FaultRun, type PreparedLab, step, write } from '../lab.ts';
import { startKeepingUp } from '../keep-up.ts';
import { rollBack } from '../roll-back.ts';

/** Injects the faults that start with the fault phase; `inject` of the others happens inside it. */
export async function inject(lab: PreparedLab): Promise<void> {
  const first = lab.faults.filter((it) => it.fault.startAfter === 0);
  if (first.length === 0) return;
  await step(lab, 'inject', `Inject ${first.map((it) => it.fault.name).join(', ')}`, async () => {
    for (const run of first) await injectFault(lab, run);
  });
}

/** Injects one fault, with its undo registered and the intention on disk before anything is written. */
export async function injectFault(lab: PreparedLab, run: FaultRun): Promise<void> {
  const { driver, prepared, fault } = run;
  const mutation = { what: 'inject', handle: prepared.handle } as const;
  lab.emit({ type: 'mutating', mutation });
  await lab.journal.sync();
  lab.signal.throwIfAborted();
  run.undo = {
    step: 'rollback',
    title: `fault ${fault.name}`,
    manual: prepared.plan.undoCommands,
    undo: async (signal) => rollBack(lab, run, signal),
  };
  lab.stack.push(run.undo);
  const injected = await write(lab, `Injecting ${fault.name}`, async (context) => driver.inject(prepared, context));
  run.injectedAt = injected.writtenAt ?? lab.clock.now();
  run.injected = injected;
  run.keptUp = startKeepingUp(lab, run);
  lab.emit({ type: 'mutated', mutation });
  for (const warning of injected.warnings) lab.emit({ type: 'note', text: `the API server warns: ${warning}` });
  lab.emit({ type: 'fault-injected', fault: fault.name, driver: driver.name, targets: prepared.plan.targets });
}
