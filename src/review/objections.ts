import { effectiveExpectation } from '../judge/effective-expectation.ts';
import type { Asked } from '../model/asked.ts';
import { formatDuration } from '../model/duration.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Fault } from '../model/fault.ts';
import type { HypothesisProbe } from '../model/hypothesis.ts';
import type { PhasePlan } from '../model/phase.ts';
import type { Path } from '../model/place.ts';
import { MASK } from '../util/credentials.ts';
import { same } from './same.ts';

/** Why a journal cannot answer what a file asks of it (an error), or answers something a little different. */
export interface Objection {
  readonly severity: 'error' | 'warning';
  /** What it is about, in the file. */
  readonly path: Path;
  /** One sentence without a full stop. */
  readonly message: string;
  readonly hint?: string;
}

/** What a journal holds of an experiment, and what a file says of it; both masked alike. */
export interface Answerable {
  readonly recorded: Asked;
  readonly phases: PhasePlan;
  readonly now: Asked;
  readonly experiment: Experiment;
}

/** Everything that keeps an experiment of a file from being judged by the journal. */
export function objectionsTo({ recorded, phases, now, experiment }: Answerable): readonly Objection[] {
  return [
    ...(same(recorded.ingress, now.ingress) ? [] : [otherRequests(['spec', 'ingress'], 'the ingress is another one')]),
    ...now.hypothesis.flatMap((probe, index) => objectionsToProbe(probe, ['spec', 'hypothesis', index], recorded, now)),
    ...now.faults.flatMap((fault, index) => objectionsToFault(fault, ['spec', 'faults', index], recorded.faults)),
    ...recorded.faults
      .filter((fault) => !now.faults.some(({ name }) => name === fault.name))
      .map((fault) => otherRequests(['spec', 'faults'], `the run was made under the fault "${fault.name}" too`)),
    ...phasesThatDiffer(phases, experiment),
  ];
}

function objectionsToProbe(probe: HypothesisProbe, path: Path, recorded: Asked, now: Asked): readonly Objection[] {
  const before = recorded.hypothesis.find(({ name }) => name === probe.name);
  const who = `probe "${probe.name}"`;
  if (before === undefined) {
    const known = recorded.hypothesis.map(({ name }) => `"${name}"`).join(', ');
    return [error([...path, 'name'], `the run had no ${who}`, `It had ${known}. What was not asked cannot be judged.`)];
  }
  const unasked = probe.during.filter((phase) => !before.during.includes(phase));
  const session = (of: Asked, it: HypothesisProbe) => of.sessions[it.http.session ?? ''];
  return [
    ...(same(before.http, probe.http) ? [] : [otherRequests([...path, 'http'], `${who} sent another request`)]),
    ...(same(session(recorded, before), session(now, probe))
      ? []
      : [otherRequests(['spec', 'sessions', probe.http.session ?? ''], `${who} had another session`)]),
    ...(same(before.pacing, probe.pacing) ? [] : [otherRequests([...path, 'rate'], `${who} sent at another pace`)]),
    ...unasked.map((phase) => otherRequests([...path, 'during'], `${who} was not asked in the ${phase} phase`)),
    ...checksThatDiffer(probe, path, before),
  ];
}

/** Bodies and headers of answers are not kept: of a check on them only its result is known. */
function checksThatDiffer(probe: HypothesisProbe, path: Path, before: HypothesisProbe): readonly Objection[] {
  const phases = probe.during.filter((phase) => before.during.includes(phase));
  return (['body', 'headers'] as const).flatMap((check) => {
    const asked = phases.map((phase) => ({
      at: [...path, ...(phase === 'fault' && probe.underFault?.[check] ? ['underFault'] : []), 'expect', check],
      was: effectiveExpectation(before, phase)[check],
      now: effectiveExpectation(probe, phase)[check],
    }));
    const wanted = asked.filter(({ now }) => now !== undefined);
    const what = `what is expected of the ${check === 'body' ? 'body' : 'headers'} of probe "${probe.name}"`;
    const changed = wanted.find(({ was, now }) => !same(was, now));
    if (changed !== undefined) return [unkept(changed.at, `${what} is not what was checked`)];
    const masked = wanted.find(({ was }) => JSON.stringify(was).includes(`"${MASK}"`));
    if (masked === undefined) return [];
    return [unkept(masked.at, `${what} is masked in the journal, so nobody can tell whether it is the same`)];
  });
}

/** The seed of a draw is no part of what a fault is. */
function objectionsToFault(fault: Fault, path: Path, recorded: readonly Fault[]): readonly Objection[] {
  const before = recorded.find(({ name }) => name === fault.name);
  if (before === undefined) return [otherRequests([...path, 'name'], `the run had no fault "${fault.name}"`)];
  const essence = ({ spec, startAfter, duration }: Fault) => ({ spec: { ...spec, seed: 0 }, startAfter, duration });
  return same(essence(before), essence(fault)) ? [] : [otherRequests(path, `fault "${fault.name}" was another`)];
}

function phasesThatDiffer(then: PhasePlan, { phases }: Experiment): readonly Objection[] {
  return (['baseline', 'fault'] as const)
    .filter((phase) => then[phase] !== phases[phase])
    .map((phase) => ({
      severity: 'warning',
      path: ['spec', 'phases', phase],
      message: `the ${phase} phase of the run was to last ${formatDuration(then[phase])}, not ${formatDuration(phases[phase])}`,
      hint: 'It is judged over the requests that were made.',
    }));
}

function otherRequests(path: Path, message: string): Objection {
  return error(path, message, 'A journal answers only for the requests that were made: run the experiment again.');
}

function unkept(path: Path, message: string): Objection {
  return error(path, message, 'The journal keeps no bodies and headers: run the experiment again, or leave it out.');
}

function error(path: Path, message: string, hint: string): Objection {
  return { severity: 'error', path, message, hint };
}
