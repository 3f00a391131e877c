import type { Experiment } from '../../model/experiment.ts';
import type { Fault, HttpMatch } from '../../model/fault.ts';
import type { Remark } from '../rule.ts';
import { comesByItself, headersOf } from '../sent-headers.ts';
import { mayMatch } from '../string-condition.ts';
import { requestsOf } from '../watched.ts';

/**
 * Inside the mesh a header is there when a request brought it and the services pass it on, or when a service knows the
 * user by a login. When nobody logs in and nobody sends it, no call is hit.
 */
export function headerNotSent(experiment: Experiment): readonly Remark[] {
  if (requestsOf(experiment).some(({ http }) => isKnownUser(http.session, experiment))) return [];
  const sent = requestsOf(experiment).map(({ http }) => headersOf(http, experiment));
  // Whoever authenticates himself is known to the services, by whatever header they use.
  if (sent.some((headers) => headers.has('authorization') || headers.has('cookie'))) return [];
  return experiment.faults.flatMap((fault, index): Remark[] => {
    const missing = Object.entries(innerMatch(fault)?.headers ?? {}).find(
      ([name, condition]) => !comesByItself(name) && !sent.some((headers) => mayMatch(condition, headers.get(name))),
    );
    if (missing === undefined) return [];
    const [name, condition] = missing;
    const like = condition.exact ?? condition.prefix;
    return [
      {
        code: 'HEADER_NOT_SENT',
        message: `"${fault.name}" hits only calls with header ${name}${like === undefined ? '' : ` (${like})`}, and no probe, proof or session sends it or logs in: unless a service adds it by itself, no call is hit.`,
        path: ['spec', 'faults', index, ...keyOf(fault), 'match', 'headers', name],
        hint: `Give a probe the header, or a session that logs in; or leave the condition out.`,
      },
    ];
  });
}

function isKnownUser(session: string | undefined, { sessions }: Experiment): boolean {
  return session !== undefined && sessions[session]?.login !== undefined;
}

function innerMatch({ spec }: Fault): HttpMatch | undefined {
  return spec.driver === 'istio' && !spec.gateway ? spec.match : undefined;
}

/** `match` is written in the first of the two. */
function keyOf({ spec }: Fault): readonly string[] {
  return spec.driver === 'istio' ? [spec.delay === undefined ? 'abort' : 'delay'] : [];
}
