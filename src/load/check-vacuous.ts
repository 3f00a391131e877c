import { parseDurationThreshold, parseShareThreshold } from '../model/parse-threshold.ts';
import type { Threshold } from '../model/threshold.ts';
import type { Parsed } from '../util/parsed.ts';
import type { Problem } from './diagnostic.ts';
import type { Path } from '../model/place.ts';

type Keys = Readonly<Record<string, unknown>>;

/** What a probe expects, with or without the fault, must be able to fail: a limit such as `>= 0%` never does. */
export function checkVacuous(probe: unknown, path: Path): Problem[] {
  const expect = keys(keys(probe)['expect']);
  const under = keys(keys(keys(probe)['underFault'])['expect']);
  const message = 'with this limit nothing that happens can break the expectation';
  const hint = 'Say what must hold: a higher share, or a limit on statuses, errors or latency.';
  const problem = (place: Path): Problem => ({ code: 'INCONSISTENT', path: [...path, ...place], message, hint });
  if (holdsAlways(expect)) return [problem(['expect', 'good'])];
  if (Object.keys(under).length === 0 || !holdsAlways({ ...expect, ...under })) return [];
  return [problem('good' in under ? ['underFault', 'expect', 'good'] : ['expect', 'good'])];
}

/** Without a limit of its own `good` is 100 %, which a single reset breaks. */
function holdsAlways({ good, latency, statuses, errors }: Keys): boolean {
  return (
    coversAll(parseShareThreshold, 1)(good) &&
    Object.values(keys(latency)).every(coversAll(parseDurationThreshold, Number.POSITIVE_INFINITY)) &&
    Object.values(keys(statuses)).every(coversAll(parseShareThreshold, 1)) &&
    Object.values(keys(errors)).every(coversAll(parseShareThreshold, 1))
  );
}

/** Whether a limit admits everything from zero to the highest value. */
export function coversAll(parse: (text: string) => Parsed<Threshold>, highest: number): (text: unknown) => boolean {
  return (text) => {
    const parsed = typeof text === 'string' ? parse(text) : undefined;
    return parsed?.ok === true && admits(parsed.value, 0) && admits(parsed.value, highest);
  };
}

function admits(threshold: Threshold, value: number): boolean {
  if (threshold.kind === 'range') return value >= threshold.low && value <= threshold.high;
  switch (threshold.op) {
    case '<':
      return value < threshold.value;
    case '<=':
      return value <= threshold.value;
    case '>':
      return value > threshold.value;
    case '>=':
      return value >= threshold.value;
    case '==':
      return value === threshold.value;
  }
}

function keys(value: unknown): Keys {
  return value !== null && typeof value === 'object' ? (value as Keys) : {};
}
