import { type Fault, judgeRun } from './judge-run.ts';
import type { WalkKind } from './walk-kind.ts';
import { openLane, type WalkLane, type WalkPoint, type WalkRun } from './walk-lane.ts';
import { misbehaviourOf, pointsOf, type Row, verbOf } from './walk-points.ts';

/** One run of the walk, and what it did that it must not do. */
export interface Step {
  readonly row: Row;
  readonly point: WalkPoint;
  readonly run: WalkRun;
  readonly faults: readonly Fault[];
}

export interface Walk {
  readonly kind: string;
  /** How many requests of an undisturbed run were let go wrong. */
  readonly points: number;
  readonly steps: readonly Step[];
}

export interface WalkOptions {
  readonly rows: readonly Row[];
  readonly lanes: number;
  /** Which of them; all when absent. */
  readonly takes?: (row: Row, point: Pick<WalkPoint, 'key' | 'nth'>) => boolean;
  readonly onStep?: (step: Step) => void;
}

/** Lets each request of a run go wrong in each way, one a run, several runs side by side. */
export async function walk(
  kind: WalkKind,
  { rows, lanes: width, takes = () => true, onStep }: WalkOptions,
): Promise<Walk> {
  const points = await undisturbed(kind);
  const todo = points.flatMap(({ key, nth }) =>
    rows
      .filter((row) => row.suits(verbOf(key)) && takes(row, { key, nth }))
      .map((row) => ({ row, point: { key, nth, reach: row.reach, misbehaviour: misbehaviourOf(row) } })),
  );
  const steps: Step[] = [];
  const work = async (): Promise<void> => {
    const lanes = keepFresh(kind);
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
      let step = judged(next, await lanes.run(next.point));
      if (mayBeLoad(step)) step = judged(next, await lanes.run(next.point));
      steps.push(step);
      onStep?.(step);
    }
    await lanes.close();
  };
  await Promise.all(Array.from({ length: width }, work));
  return { kind: kind.name, points: points.length, steps };
}

type Todo = Pick<Step, 'row' | 'point'>;

function judged(todo: Todo, run: WalkRun): Step {
  return { ...todo, run, faults: judgeRun(todo.row, todo.point, run) };
}

/** A machine that is too busy makes runs give up too; they do not do so twice. What was left behind, or untrue, counts at once. */
function mayBeLoad({ faults, run }: Step): boolean {
  const patience: readonly Fault['kind'][] = ['gave up', 'false alarm', 'hung'];
  return run.hits === 0 || (faults.length > 0 && faults.every(({ kind }) => patience.includes(kind)));
}

async function undisturbed(kind: WalkKind): Promise<ReturnType<typeof pointsOf>> {
  const lane = await openLane(kind);
  const { exitCode, text, requests } = await lane.run();
  await lane.close();
  if (exitCode !== 0) throw new Error(`undisturbed, and exit ${exitCode}: ${text}`);
  return pointsOf(requests);
}

/** Another sandbox where the last one is too old, or is no longer as it was. */
function keepFresh(kind: WalkKind): WalkLane {
  let open: { readonly lane: WalkLane; readonly since: number } | undefined;
  const close = async (): Promise<void> => {
    await open?.lane.close();
    open = undefined;
  };
  return {
    close,
    async run(point) {
      if (open && performance.now() - open.since > (kind.freshAfter ?? Infinity)) await close();
      open ??= { lane: await openLane(kind), since: performance.now() };
      const run = await open.lane.run(point);
      const { recovered = { left: [], locks: 0, stillIn: false } } = run;
      if (recovered.left.length + recovered.locks > 0 || recovered.stillIn || run.exitCode === -1) await close();
      return run;
    },
  };
}
