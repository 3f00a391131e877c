import { formatDuration } from '../model/duration.ts';
import { LATENCY_STATS, type LatencyStat } from '../model/hypothesis.ts';
import { parseDurationThreshold, parseShareThreshold } from '../model/parse-threshold.ts';
import { parseRate } from '../model/rate.ts';
import { fewestForShare, fewestForStat } from '../model/stop-condition.ts';
import { nearestName } from '../util/nearest-name.ts';
import { coversAll } from './check-vacuous.ts';
import type { Problem } from './diagnostic.ts';
import type { Path } from '../model/place.ts';
import { field, items, millis } from './field.ts';
import { DEFAULT_WINDOW } from './schema/stop-condition.ts';

const DEFAULT_FAULT_PHASE = 30_000;

/** What is wrong between the keys of a stop condition, and between it and the rest of the file. */
export function checkStopCondition(condition: unknown, path: Path, spec: unknown): Problem[] {
  return [
    ...checkSource(condition, path, spec),
    ...checkNeverFalse(condition, path),
    ...checkWindow(condition, path, spec),
    ...statementsOf(condition).flatMap((it) => checkReachable(it, condition, path, spec)),
  ];
}

function checkSource(condition: unknown, path: Path, spec: unknown): Problem[] {
  const has = (key: string): boolean => field(condition, key) !== undefined;
  if (has('probe')) {
    const extra = ['http', 'rate', 'expect'].filter(has);
    return [
      ...extra.map((key) =>
        inconsistent(
          [...path, key],
          `\`${key}\` does not go with \`probe\`, which says it already`,
          'Leave one out.',
          true,
        ),
      ),
      ...checkProbe(field(condition, 'probe'), [...path, 'probe'], spec),
    ];
  }
  if (!has('http')) return [];
  if (has('good') && !has('expect')) {
    const hint = 'Add `expect`, such as {status: 200}.';
    return [inconsistent([...path, 'good'], 'nothing says what makes a request good', hint, true)];
  }
  if (has('expect') && !has('good')) {
    return [inconsistent([...path, 'expect'], 'nothing asks how many requests are good', 'Add `good`.', true)];
  }
  return [];
}

function checkProbe(name: unknown, path: Path, spec: unknown): Problem[] {
  if (typeof name !== 'string') return [];
  const probes = items(field(spec, 'hypothesis'));
  const probe = probes.find((it) => field(it, 'name') === name);
  if (probe === undefined) {
    const known = probes.map((it) => field(it, 'name')).filter((it) => typeof it === 'string');
    const nearest = nearestName(name, known);
    const hint = nearest === undefined ? `Known: ${known.join(', ') || 'none'}.` : `Did you mean \`${nearest}\`?`;
    return [inconsistent(path, `there is no probe \`${name}\` in spec.hypothesis`, hint)];
  }
  const during = field(probe, 'during');
  if (!Array.isArray(during) || during.includes('fault')) return [];
  return [inconsistent(path, 'this probe does not look during `fault`', 'Add fault to its `during`.')];
}

/** One that is true of whatever happens would end every run. */
function checkNeverFalse(condition: unknown, path: Path): Problem[] {
  const isShare = coversAll(parseShareThreshold, 1);
  const isLatency = coversAll(parseDurationThreshold, Number.POSITIVE_INFINITY);
  return statementsOf(condition)
    .filter(({ keys, text }) => (keys[0] === 'latency' ? isLatency(text) : isShare(text)))
    .map(({ keys }) => {
      const hint = 'Say what must not happen, such as good: "< 50%".';
      return inconsistent([...path, ...keys], 'this is always true, so it would stop every run', hint);
    });
}

function checkWindow(condition: unknown, path: Path, spec: unknown): Problem[] {
  const phase = faultPhaseOf(spec);
  const window = millis(field(condition, 'window'), 0);
  if (phase === undefined || window === undefined || window <= phase) return [];
  const hint = `The fault phase lasts ${formatDuration(phase)}.`;
  return [inconsistent([...path, 'window'], 'this is longer than the fault phase', hint)];
}

interface Statement {
  readonly keys: readonly string[];
  readonly text: unknown;
}

function statementsOf(condition: unknown): readonly Statement[] {
  const inside = (key: string): Statement[] => {
    const value = field(condition, key);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
    return Object.entries(value).map(([name, text]) => ({ keys: [key, name], text }));
  };
  const good = field(condition, 'good');
  const ofGood = good === undefined ? [] : [{ keys: ['good'], text: good }];
  return [...ofGood, ...inside('latency'), ...inside('statuses'), ...inside('errors')];
}

/** A window in which so many requests never are would never stop anything. */
function checkReachable({ keys, text }: Statement, condition: unknown, path: Path, spec: unknown): Problem[] {
  const phase = faultPhaseOf(spec);
  const window = millis(field(condition, 'window'), Math.min(DEFAULT_WINDOW, phase ?? DEFAULT_WINDOW));
  const needed = neededFor(keys, text, field(condition, 'minSamples'));
  const rate = rateOf(condition, spec);
  if (phase === undefined || window === undefined || needed === undefined || rate === undefined) return [];
  const most = 'requests' in rate ? rate.requests : Math.ceil((rate.perSecond * window) / 1000);
  if (most >= needed) return [];
  const message = `this needs ${needed} requests, and there are ${most} at most in ${formatDuration(window)}, so it might never stop anything`;
  const hint = 'Raise the rate or `window`, or lower `minSamples`.';
  return [inconsistent([...path, ...keys], message, hint)];
}

function neededFor(keys: readonly string[], text: unknown, minSamples: unknown): number | undefined {
  if (typeof minSamples === 'number') return minSamples;
  if (minSamples !== undefined || typeof text !== 'string') return undefined;
  if (keys[0] === 'latency')
    return LATENCY_STATS.includes(keys[1] as LatencyStat) ? fewestForStat(keys[1] as LatencyStat) : undefined;
  const threshold = parseShareThreshold(text);
  return threshold.ok ? fewestForShare(threshold.value) : undefined;
}

function rateOf(
  condition: unknown,
  spec: unknown,
): { readonly perSecond: number } | { readonly requests: number } | undefined {
  const probe = field(condition, 'probe');
  const sender =
    probe === undefined ? condition : items(field(spec, 'hypothesis')).find((it) => field(it, 'name') === probe);
  if (sender === undefined) return undefined;
  const written = field(sender, 'rate') ?? '1/s';
  const requests = field(written, 'requests');
  if (typeof requests === 'number') return { requests };
  const rate = typeof written === 'string' ? parseRate(written) : undefined;
  return rate?.ok ? { perSecond: rate.value } : undefined;
}

function faultPhaseOf(spec: unknown): number | undefined {
  return millis(field(field(spec, 'phases'), 'fault'), DEFAULT_FAULT_PHASE);
}

function inconsistent(path: Path, message: string, hint: string, atKey?: true): Problem {
  return { code: 'INCONSISTENT', path, message, hint, ...(atKey && { atKey }) };
}
