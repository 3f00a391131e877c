import type { Millis } from '../model/clock.ts';
import type { CliffConclusion, CliffPoint, Wait } from '../model/conclusion.ts';
import { EXIT } from '../model/exit-code.ts';
import { plural } from '../util/plural.ts';
import { describeTime, describeWait, howOften, measured } from './describe-wait.ts';
import { explainWait } from './explain-wait.ts';
import { flipOf, type Gap, type Range } from './next-delay.ts';
import { settle, type Settled } from './settle.ts';

/** How a search ended. */
export interface SearchEnd {
  /** What verdicts and interrupts make by themselves. */
  readonly exitCode: number;
  /** Nothing was left to ask; false where runs or time ran out, or the run was stopped. */
  readonly complete: boolean;
}

type Answer = Pick<CliffConclusion, 'outcome' | 'exitCode' | 'sentences' | 'holdsUpTo' | 'failsFrom'>;

/** What the points say about how long the delay may be: only what they show. */
export function concludeCliff(
  fault: string,
  points: readonly CliffPoint[],
  range: Range,
  { exitCode, complete }: SearchEnd,
): CliffConclusion {
  const settled = settle(points);
  const probes = [...new Set(points.flatMap((it) => it.probes.map(({ probe }) => probe)))];
  const waits = probes.flatMap((probe) => explainWait(probe, points) ?? []);
  const stopped = STOPPING.has(exitCode);
  const answer = stopped
    ? unfinished('It was stopped before there was an answer.', exitCode)
    : answerOf(settled, waits, range, complete, exitCode);
  return {
    command: 'cliff',
    fault,
    ...range,
    points,
    waits,
    asked: askedFor(points, settled),
    ...answer,
    sentences: [...answer.sentences, ...waits.map(describeWait), ...flakyOnes(settled), ...openOnes(settled, points)],
  };
}

/** Something may be left, somebody stopped it, or it was refused or locked. */
const STOPPING: ReadonlySet<number> = new Set([
  EXIT.dirty,
  EXIT.sighup,
  EXIT.sigint,
  EXIT.sigterm,
  EXIT.usage,
  EXIT.locked,
]);

function answerOf(
  settled: readonly Settled[],
  waits: readonly Wait[],
  range: Range,
  complete: boolean,
  exitCode: number,
): Answer {
  const decided = settled.filter((it) => it.verdict !== 'open');
  const ends = [range.from, range.to].map((delay) => decided.find((it) => it.delay === delay));
  if (ends.includes(undefined)) return unfinished('An end of the range could not be decided.', exitCode);
  const again = changesOf(decided);
  if (again.length > 1 || (decided[0]?.verdict === 'fails' && again.length > 0)) return notMonotone(decided, range);
  const flip = flipOf(decided);
  if (flip === undefined) return decided[0]?.verdict === 'holds' ? holds(range, complete) : fails(range);
  const figures = { holdsUpTo: flip.low, failsFrom: flip.high };
  if (!complete || flip.high - flip.low > range.precision) {
    const between = `It flips between ${describeTime(flip.low)} and ${describeTime(flip.high)}; more runs are needed to say where.`;
    return { ...unfinished(between, exitCode), ...figures };
  }
  return { outcome: 'found', exitCode: EXIT.ok, sentences: [found(flip, waits)], ...figures };
}

function found(flip: Gap, waits: readonly Wait[]): string {
  const longest = `longest delay that still holds: ${describeTime(flip.low)}`;
  const wait = waits.find(({ timeout }) => timeout.low <= flip.high && timeout.high >= flip.low);
  if (wait?.attempts === undefined) return `Fails from ${describeTime(flip.high)} on; ${longest}.`;
  return `Gives up at ${giveUp(wait, flip)}, ${howOften(wait.attempts)}; ${longest}.`;
}

/** The plateau tells the time by itself; beside pauses only the flip does. */
function giveUp({ timeout, rest }: Wait, flip: Gap): string {
  return rest === undefined ? measured((timeout.low + timeout.high) / 2) : describeTime(flip.high);
}

function holds(range: Range, complete: boolean): Answer {
  const sentence = `It holds at every delay that was tried, up to ${describeTime(range.to)}.`;
  return complete
    ? { outcome: 'holds', exitCode: EXIT.ok, sentences: [sentence] }
    : unfinished(`${sentence} Not all were tried that were to be.`, EXIT.inconclusive);
}

function fails(range: Range): Answer {
  const sentence = `It fails at every delay that was tried, from ${describeTime(range.from)} on: there is no delay that it bears.`;
  return { outcome: 'fails', exitCode: EXIT.failed, sentences: [sentence] };
}

function notMonotone(decided: readonly Settled[], range: Range): Answer {
  const course = decided
    .filter((it, index) => it.verdict !== decided[index - 1]?.verdict)
    .map((it) => `${it.verdict} from ${describeTime(it.delay)}`);
  const sentence = `There is no one cliff: it ${course.join(', ')} on (tried up to ${describeTime(range.to)}).`;
  return { outcome: 'not-monotone', exitCode: EXIT.inconclusive, sentences: [sentence] };
}

function unfinished(sentence: string, exitCode: number): Answer {
  const known = STOPPING.has(exitCode) || exitCode === EXIT.environment;
  return { outcome: 'undecided', exitCode: known ? exitCode : EXIT.inconclusive, sentences: [sentence] };
}

function changesOf(decided: readonly Settled[]): readonly Millis[] {
  return decided.flatMap((it, index) => {
    const before = decided[index - 1];
    return before !== undefined && before.verdict !== it.verdict ? [it.delay] : [];
  });
}

/** Delays that break it are what is looked for, and runs that decided nothing were repeated. */
function askedFor(points: readonly CliffPoint[], settled: readonly Settled[]): readonly string[] {
  const open = new Set(settled.filter((it) => it.verdict === 'open').map((it) => it.delay));
  return points
    .filter((it) => it.verdict === 'fails' || (it.verdict === 'open' && !open.has(it.delay)))
    .map((it) => it.experiment);
}

function flakyOnes(settled: readonly Settled[]): readonly string[] {
  return settled
    .filter((it) => it.flaky)
    .map((it) => `At ${describeTime(it.delay)} it sometimes holds and sometimes fails (${plural(it.tries, 'run')}).`);
}

function openOnes(settled: readonly Settled[], points: readonly CliffPoint[]): readonly string[] {
  return settled
    .filter((it) => it.verdict === 'open')
    .map(({ delay, tries }) => {
      const why = points.findLast((it) => it.delay === delay)?.why ?? '';
      return `At ${describeTime(delay)} nothing was decided in ${plural(tries, 'run')}: ${why}`;
    });
}
