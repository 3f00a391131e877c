import { conditionsOf, type Conditions } from './conditions.ts';
import type { Egress, Path } from './path.ts';
import type { TrafficControl } from './traffic-control.ts';

/** What the packets of one connection meet at this moment; undefined while nothing is armed on their way. */
export interface Link {
  there(): Conditions | undefined;
  back(): Conditions | undefined;
}

/** Follows the faults in force on a path; costs a comparison of numbers while they do not change. */
export function createLink(path: Path, control: TrafficControl, random: () => number): Link {
  return { there: follow(path.there, control, random), back: follow(path.back, control, random) };
}

function follow(way: readonly Egress[], control: TrafficControl, random: () => number): () => Conditions | undefined {
  let seen = -1;
  let conditions: Conditions | undefined;
  return () => {
    const version = control.version();
    if (seen !== version) {
      seen = version;
      conditions = conditionsOf(control.on(way), random);
    }
    return conditions;
  };
}
