import { serializeError } from '../model/errors.ts';
import { type ConnectedLab, type FaultRun, contextOf } from './lab.ts';
import { observe } from './prove.ts';

const EVERY_MS = 1_000;
const LOOK_AGAIN_MS = 250;

/** Looks once a second, until aborted, whether somebody changes what we marked or a fault ends before its time. */
export async function watchFaults(lab: ConnectedLab, signal: AbortSignal): Promise<void> {
  for (;;) {
    await lab.clock.sleep(EVERY_MS, signal);
    await checkFaults(lab);
  }
}

/** One such look. An API server that does not answer is noted: what it would have told is found at the rollback. */
export async function checkFaults(lab: ConnectedLab): Promise<void> {
  await Promise.all(lab.book.runs.filter(isIn).map(async (run) => checkFault(lab, run)));
}

/** The last look before the faults are taken back, which also finds what others put in front of them. */
export async function lastLook(lab: ConnectedLab): Promise<void> {
  await checkFaults(lab);
  await Promise.all(lab.book.runs.filter(isIn).map(async (run) => checkBypasses(lab, run)));
  await awaitMet(lab);
}

/**
 * Looks on for one delay where no request was seen to meet a fault yet: one that is held up is counted only when it goes
 * on.
 */
async function awaitMet(lab: ConnectedLab): Promise<void> {
  const missed = (): readonly FaultRun[] => lab.book.runs.filter((it) => isIn(it) && it.met === false);
  const deadline = lab.clock.now() + Math.max(0, ...missed().map((it) => it.driver.effect(it.fault).delay));
  while (missed().length > 0 && lab.clock.now() < deadline) {
    await lab.clock.sleep(LOOK_AGAIN_MS, lab.signal);
    await Promise.all(missed().map(async (run) => checkFault(lab, run)));
  }
}

/** The last look at a fault before it is taken back while requests go on. */
export async function checkBeforeEarlyEnd(lab: ConnectedLab, run: FaultRun): Promise<void> {
  await checkFault(lab, run);
  await checkBypasses(lab, run);
  // What it still holds up cannot be waited for without making it longer than was asked for.
  if (run.met === false && run.driver.effect(run.fault).delay > 0) delete run.met;
}

/** The look after the recovery: who changes a fault's objects then changes what has recovered. */
export async function lookAfterwards(lab: ConnectedLab): Promise<void> {
  await Promise.all(
    lab.book.runs.map(async ({ driver, prepared }) => {
      try {
        lab.book.drift((await driver.changes?.(prepared.handle, contextOf(lab))) ?? []);
      } catch (error) {
        notSeen(lab, error);
      }
    }),
  );
}

async function checkBypasses(lab: ConnectedLab, { driver, prepared }: FaultRun): Promise<void> {
  try {
    const bypasses = (await driver.bypasses?.(prepared, contextOf(lab))) ?? [];
    bypasses.forEach(lab.book.consequence);
  } catch (error) {
    notSeen(lab, error);
  }
}

async function checkFault(lab: ConnectedLab, run: FaultRun): Promise<void> {
  try {
    const { state, detail } = await observe(lab, run);
    const object = run.prepared.plan.changes[0]?.object;
    if ((state === 'ended' || state === 'gone') && isIn(run) && object !== undefined) {
      lab.book.consequence({ object, detail: `the fault ended before it was taken back: ${detail}` });
    }
  } catch (error) {
    if (run.met === false) delete run.met;
    notSeen(lab, error);
  }
}

function notSeen(lab: ConnectedLab, error: unknown): void {
  if (lab.signal.aborted) return;
  lab.emit({ type: 'note', text: `the fault could not be looked at: ${serializeError(error).message}` });
}

function isIn(run: FaultRun): boolean {
  return run.injected !== undefined && run.rolledBackAt === undefined && run.undone === undefined;
}
