import { isDeepStrictEqual } from 'node:util';
import { formatDuration } from '../model/duration.ts';
import { PHASES } from '../model/phase.ts';
import { nearestName } from '../util/nearest-name.ts';
import { checkVacuous } from './check-vacuous.ts';
import type { Problem } from './diagnostic.ts';
import type { Path } from '../model/place.ts';
import { field, items, millis } from './field.ts';
import { checkStopCondition } from './check-stop-conditions.ts';

/**
 * What only several places together show to be wrong. Looks at the plain data, not at the parsed document, so that
 * these mistakes are told in one go with those of the schema.
 */
export function checkExperiment(root: unknown): Problem[] {
  const spec = field(root, 'spec');
  const probes = items(field(spec, 'hypothesis'));
  const faults = items(field(spec, 'faults'));
  const stops = items(field(spec, 'abortWhen'));
  return [
    ...probes.flatMap((probe, index) =>
      checkSession(field(probe, 'http'), ['spec', 'hypothesis', index, 'http'], spec),
    ),
    ...faults.flatMap((fault, index) =>
      checkSession(field(field(fault, 'proof'), 'http'), ['spec', 'faults', index, 'proof', 'http'], spec),
    ),
    ...stops.flatMap((stop, index) => checkSession(field(stop, 'http'), ['spec', 'abortWhen', index, 'http'], spec)),
    ...checkUnique(probes, ['spec', 'hypothesis'], 'probe'),
    ...checkUnique(faults, ['spec', 'faults'], 'fault'),
    ...checkUnique(stops, ['spec', 'abortWhen'], 'stop condition'),
    ...faults.flatMap((fault, index) => checkTimes(fault, ['spec', 'faults', index], spec)),
    ...faults.flatMap((fault, index) => checkSameTarget(fault, ['spec', 'faults', index])),
    ...probes.flatMap((probe, index) => checkUnderFault(probe, ['spec', 'hypothesis', index])),
    ...probes.flatMap((probe, index) => checkVacuous(probe, ['spec', 'hypothesis', index])),
    ...probes.flatMap((probe, index) => checkWithin(probe, ['spec', 'hypothesis', index])),
    ...checkWatched(probes),
    ...stops.flatMap((stop, index) => checkStopCondition(stop, ['spec', 'abortWhen', index], spec)),
  ];
}

/** Numbers that would be changed on their way to text: `007` in a form is not `7`. */
export function checkInexact(inexact: readonly { readonly path: Path; readonly source: string }[]): Problem[] {
  return inexact
    .filter(({ path }) => TEXT_MAPS.has(String(path.at(-2))))
    .map(({ path, source }) => ({
      code: 'INVALID_VALUE',
      path,
      message: `\`${source}\` is a number here and would lose its form`,
      hint: `Put it in quotes: "${source}".`,
    }));
}

const TEXT_MAPS = new Set(['headers', 'query', 'form', 'labels', 'from']);

function checkSession(http: unknown, path: Path, spec: unknown): Problem[] {
  const name = field(http, 'session');
  const sessions = field(spec, 'sessions');
  const known = sessions !== null && typeof sessions === 'object' ? Object.keys(sessions) : [];
  if (typeof name !== 'string' || known.includes(name)) return [];
  const nearest = nearestName(name, known);
  const hint =
    nearest === undefined
      ? `Known: ${known.join(', ') || 'none; declare it in spec.sessions'}.`
      : `Did you mean \`${nearest}\`?`;
  return [
    {
      code: 'INCONSISTENT',
      path: [...path, 'session'],
      message: `there is no session \`${name}\` in spec.sessions`,
      hint,
    },
  ];
}

function checkUnique(entries: readonly unknown[], path: Path, what: string): Problem[] {
  const names = entries.map((entry) => field(entry, 'name'));
  return names.flatMap((name, index): Problem[] => {
    const first = names.indexOf(name);
    if (typeof name !== 'string' || first === index) return [];
    const message = `another ${what} is called \`${name}\` already`;
    return [
      { code: 'DUPLICATE_NAME', path: [...path, index, 'name'], message, hint: 'Reports tell them apart by name.' },
    ];
  });
}

function checkTimes(fault: unknown, path: Path, spec: unknown): Problem[] {
  const phase = millis(field(field(spec, 'phases'), 'fault'), 30_000);
  const startAfter = millis(field(fault, 'startAfter'), 0);
  const duration = millis(field(fault, 'duration'), 0);
  if (phase === undefined || startAfter === undefined || duration === undefined) return [];
  const hint = `The fault phase lasts ${formatDuration(phase)}.`;
  if (startAfter >= phase) {
    return [
      {
        code: 'INCONSISTENT',
        path: [...path, 'startAfter'],
        message: 'this starts after the fault phase has ended',
        hint,
      },
    ];
  }
  if (startAfter + duration <= phase) return [];
  return [{ code: 'INCONSISTENT', path: [...path, 'duration'], message: 'this lasts beyond the fault phase', hint }];
}

/** `delay` and `abort` in one entry are one fault on one set of routes. */
function checkSameTarget(fault: unknown, path: Path): Problem[] {
  const delay = field(fault, 'delay');
  const abort = field(fault, 'abort');
  if (delay === undefined || abort === undefined) return [];
  return ['service', 'gateway', 'match', 'from', 'replace'].flatMap((key): Problem[] => {
    const second = field(abort, key);
    const first = field(delay, key) ?? (typeof second === 'boolean' ? false : undefined);
    if (second === undefined || isDeepStrictEqual(first, second)) return [];
    const message = `\`${key}\` differs between \`delay\` and \`abort\` of one fault`;
    const hint = 'Leave it out of `abort`, or write two entries with different targets.';
    return [{ code: 'INCONSISTENT', path: [...path, 'abort', key], message, hint }];
  });
}

function checkUnderFault(probe: unknown, path: Path): Problem[] {
  const during = field(probe, 'during');
  if (field(probe, 'underFault') === undefined || !Array.isArray(during) || during.includes('fault')) return [];
  const message = '`underFault` never applies: `during` leaves `fault` out';
  return [{ code: 'INCONSISTENT', path: [...path, 'underFault'], atKey: true, message, hint: 'Add fault to during.' }];
}

function checkWithin(probe: unknown, path: Path): Problem[] {
  const timeout = millis(field(field(probe, 'http'), 'timeout'), 10_000);
  const message = 'requests end at their timeout, which is before this';
  const hint = 'Raise http.timeout.';
  return [['expect'], ['underFault', 'expect']].flatMap((keys): Problem[] => {
    const expect = keys.reduce((value: unknown, key) => field(value, key), probe);
    const within = millis(field(expect, 'within'), 0);
    if (timeout === undefined || within === undefined || within <= timeout) return [];
    return [{ code: 'INCONSISTENT', severity: 'warning', path: [...path, ...keys, 'within'], message, hint }];
  });
}

function checkWatched(probes: readonly unknown[]): Problem[] {
  if (probes.length === 0) return [];
  const watched = new Set(probes.flatMap((probe) => field(probe, 'during') ?? PHASES));
  return PHASES.filter((phase) => !watched.has(phase)).map((phase) => ({
    code: 'INCONSISTENT',
    path: ['spec', 'hypothesis'],
    atKey: true,
    message: `no probe looks during \`${phase}\`, so nothing would be proven there`,
    hint: 'Add it to the `during` of a probe.',
  }));
}
