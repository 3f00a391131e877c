import { maskNamed } from '../util/credentials.ts';
import type { Experiment, IngressSpec } from './experiment.ts';
import type { Fault } from './fault.ts';
import type { HypothesisProbe, SessionSpec } from './hypothesis.ts';

/** What was sent, what was checked on each answer, and under which faults: what a journal must hold to be judged again. */
export interface Asked {
  readonly ingress: IngressSpec;
  readonly sessions: Readonly<Record<string, SessionSpec>>;
  readonly hypothesis: readonly HypothesisProbe[];
  readonly faults: readonly Fault[];
}

/** As the journal keeps it: without what stands below the name of a credential. */
export function askedOf({ ingress, sessions, hypothesis, faults }: Experiment): Asked {
  return maskNamed({ ingress, sessions, hypothesis, faults }) as Asked;
}
