import { readdirSync, readFileSync, writeFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/program.ts';
import type { Drift, JournalEvent } from '../../../src/model/event.ts';
import type { StoredObject } from '../../../src/sandbox/store.ts';
import { crashFixtures, type CrashWorld } from '../crash/world.ts';
import { testIo } from '../test-io.ts';
import { until } from '../until.ts';
import type { Action } from './actions.ts';
import { handsOn, type Hands } from './hands.ts';
import type { Moment, Target } from './targets.ts';

/** One run that somebody meddles with. */
export interface Case {
  readonly target: Target;
  readonly action: Action;
  readonly moment: Moment;
}

/** What came of it. */
export interface Outcome {
  readonly exitCode: number;
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly drift: readonly Drift[];
  readonly text: string;
  /** The object as it was before the run, when somebody came, and at the end. */
  readonly original: StoredObject | undefined;
  readonly met: StoredObject | undefined;
  readonly end: StoredObject | undefined;
}

/** Runs the experiment, does what is to be done at its moment - the run waits meanwhile - and says how it ended. */
export async function meddle(world: CrashWorld, { target, action, moment }: Case): Promise<Outcome> {
  const { sandbox, flags } = world;
  const folder = experimentIn(target.experiment);
  let name = '';
  const hands = await handsOn(sandbox, target.place, () => (name ||= target.nameIn(sandbox)));
  const original = target.isCreated === true ? undefined : structuredClone(hands.get());
  const io = testIo({ cwd: folder });
  try {
    // A second kill comes a second after the first.
    const fault = action.isSlow === true ? '2s' : target.experiment === 'pod-kill' ? '1500ms' : '1s';
    const args = [
      'run',
      'experiment.yaml',
      '--output',
      'reports',
      '--set',
      `fault=${fault}`,
      '--rollback-timeout',
      '15',
    ];
    let over = false;
    const run = runCli([...args, ...flags], io).finally(() => (over = true));
    const acting = actAt(world, { folder, action, moment, hands, original }, () => over);
    await run;
    const { met, stop } = await acting;
    world.interveneWith(undefined);
    stop();
    const end = structuredClone(hands.get());
    return { ...reportIn(folder), exitCode: io.exitCode(), text: `${io.out()}${io.err()}`, original, met, end };
  } finally {
    world.interveneWith(undefined);
    await hands.kubectl?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Acting {
  readonly folder: string;
  readonly action: Action;
  readonly moment: Moment;
  readonly hands: Hands;
  readonly original: StoredObject | undefined;
}

async function actAt(
  world: CrashWorld,
  { folder, action, moment, hands, original }: Acting,
  isOver: () => boolean,
): Promise<{ readonly met: StoredObject | undefined; readonly stop: () => void }> {
  const came = await until(moment, () => isOver() || eventsIn(folder).some(IS[moment]), 60_000);
  if (!came || (isOver() && !eventsIn(folder).some(IS[moment]))) return { met: undefined, stop: () => undefined };
  const done = new AbortController();
  const isDone = new Promise<undefined>((resolve) => done.signal.addEventListener('abort', () => resolve(undefined)));
  // Whatever the run does next comes after.
  world.interveneWith(async () => isDone);
  const met = structuredClone(hands.get());
  try {
    const stop = await action.act(hands, original);
    return { met, stop: stop ?? (() => undefined) };
  } finally {
    done.abort();
    world.interveneWith(undefined);
  }
}

const IS: Readonly<Record<Moment, (event: JournalEvent, index: number, all: readonly JournalEvent[]) => boolean>> = {
  // The last of its five objects.
  setup: (event, index, all) => isSetUp(event) && all.slice(0, index + 1).filter(isSetUp).length === 5,
  baseline: (event) => event.type === 'phase-started' && event.phase === 'baseline',
  injected: (event) => event.type === 'fault-injected',
  fault: (event) => event.type === 'phase-started' && event.phase === 'fault',
  recovery: (event) => event.type === 'phase-started' && event.phase === 'recovery',
};

function isSetUp(event: JournalEvent): boolean {
  return event.type === 'mutated' && event.mutation.what === 'setup';
}

/** The experiment in a folder of its own, with a baseline and a recovery that somebody can come into. */
function experimentIn(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-drift-'));
  cpSync(join(crashFixtures, 'manifests'), join(folder, 'manifests'), { recursive: true });
  const text = readFileSync(join(crashFixtures, `${name}.yaml`), 'utf8')
    .replaceAll('baseline: 200ms', 'baseline: 400ms')
    .replaceAll('within: 20s, stable: 200ms', 'within: 4s, stable: 500ms');
  writeFileSync(join(folder, 'experiment.yaml'), text);
  return folder;
}

function eventsIn(folder: string): readonly JournalEvent[] {
  const runs = join(folder, 'reports/runs');
  try {
    const [run = ''] = readdirSync(runs);
    const text = readFileSync(join(runs, run, 'journal.ndjson'), 'utf8');
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    return lines.filter((it) => it !== '').map((it) => JSON.parse(it) as JournalEvent);
  } catch {
    return [];
  }
}

function reportIn(folder: string): Pick<Outcome, 'verdict' | 'reasons' | 'drift'> {
  const report = JSON.parse(readFileSync(join(folder, 'reports/report.json'), 'utf8')) as {
    readonly experiments: readonly Pick<Outcome, 'verdict' | 'reasons' | 'drift'>[];
  };
  const [{ verdict, reasons, drift } = { verdict: 'none', reasons: [], drift: [] }] = report.experiments;
  return { verdict, reasons, drift };
}
