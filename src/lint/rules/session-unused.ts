import type { Experiment } from '../../model/experiment.ts';
import type { Remark } from '../rule.ts';
import { requestsOf } from '../watched.ts';

/** A login whose cookies nobody sends: a probe was probably meant to. */
export function sessionUnused(experiment: Experiment): readonly Remark[] {
  const used = new Set(requestsOf(experiment).map(({ http }) => http.session));
  return Object.keys(experiment.sessions)
    .filter((name) => !used.has(name))
    .map((name) => ({
      code: 'SESSION_UNUSED',
      message: `No probe and no proof uses session "${name}", so nobody asks as that user.`,
      path: ['spec', 'sessions', name],
      hint: `Add \`session: ${name}\` to the http of a probe, or take the session out.`,
    }));
}
