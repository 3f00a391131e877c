import type { Experiment } from '../../model/experiment.ts';
import type { Remark } from '../rule.ts';
import { watchedUnderFault } from '../watched.ts';

/**
 * Loss at the entrance hurts those most who come anew: a lost packet of the handshake is sent again after 1 s, 3 s, 7 s,
 * one of a connection that is up much sooner. Probes that keep their connections never meet the former.
 */
export function connectionKept(experiment: Experiment): readonly Remark[] {
  const watched = watchedUnderFault(experiment);
  return experiment.faults.flatMap(({ name, spec }): Remark[] => {
    if (spec.driver !== 'chaosblade' || spec.scope !== 'node' || spec.target !== 'network' || spec.action !== 'loss')
      return [];
    const [first] = watched;
    if (first === undefined || watched.some(({ probe }) => probe.http.freshConnection)) return [];
    return [
      {
        code: 'CONNECTION_KEPT',
        message: `"${name}" loses packets at a node, and no probe makes new connections: what users meet who come anew, a handshake that is tried again after 1 s, 3 s and 7 s, is not looked at.`,
        path: [...first.path, 'http'],
        hint: 'Add `freshConnection: true` to the http of a probe.',
      },
    ];
  });
}
