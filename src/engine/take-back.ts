import { serializeError } from '../model/errors.ts';
import type { Millis } from '../model/clock.ts';
import { type ConnectedLab, type FaultRun, type Lab, takeBackStep } from './lab.ts';
import { heals, proveGone, sayNotUndone, seeItHeal } from './prove-gone.ts';
import type { Undo, UndoFailure } from './step-stack.ts';

/** Takes all faults back that are in, then shows that they are gone. Does nothing when none is. */
export async function takeBackFaults(lab: ConnectedLab): Promise<void> {
  const runs = lab.book.runs.filter((it) => it.undo !== undefined && it.undone === undefined);
  await unwind(lab, 'rollback', `Take back ${runs.map((it) => it.fault.name).join(', ')}`);
  lab.book.catchUp();
  await showGone(lab, runs);
}

/** Takes one fault back before the end (monotonic) of its phase. */
export async function takeBackEarly(lab: ConnectedLab, run: FaultRun, end: Millis): Promise<void> {
  if (run.undo === undefined) return;
  fileFailures(lab, await lab.stack.undo(run.undo));
  if (run.rolledBackAt === undefined) return;
  if (heals(run)) await seeItHeal(lab, run, end);
  // What is still in has to go out first when the phase is broken off.
  else await proveGone(lab, run, lab.signal);
}

/** Takes back what a step did; failures go into the book, never up. */
export async function unwind(lab: Lab, name: Undo['step'], title: string): Promise<void> {
  if (!lab.stack.waits(name)) return;
  await takeBackStep(lab, name, title, async () => {
    const failures = await lab.stack.unwind(name);
    if (name === 'unlock') noteLocks(lab, failures);
    else fileFailures(lab, failures);
    return failures;
  });
}

async function showGone(lab: ConnectedLab, runs: readonly FaultRun[]): Promise<void> {
  const back = runs.filter((it) => it.rolledBackAt !== undefined && it.undone === undefined);
  if (back.length === 0) return;
  const names = back.map((it) => it.fault.name).join(', ');
  await takeBackStep(lab, 'prove-gone', `Show that ${names} ${back.length > 1 ? 'are' : 'is'} gone`, async () => {
    const failures = await Promise.all(back.map(async (it) => proveGone(lab, it)));
    return failures.flat();
  });
}

/** A lock that could not be given back ends by itself. */
function noteLocks(lab: Lab, failures: readonly UndoFailure[]): void {
  for (const { undo, error } of failures) {
    lab.emit({ type: 'note', text: `the ${undo.title} was not given back: ${serializeError(error).message}` });
  }
}

function fileFailures(lab: Lab, failures: readonly UndoFailure[]): void {
  lab.book.undoFailed(failures);
  for (const { undo, error } of failures) {
    const run = lab.book.runs.find((it) => it.undo === undo);
    if (run !== undefined) sayNotUndone(lab, run, error);
  }
}
