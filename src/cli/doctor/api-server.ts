import type { DriverContext } from '../../faults/driver.ts';
import type { Millis } from '../../model/clock.ts';
import { finding } from '../../model/finding.ts';
import { type Check, look, ofFinding, notLookedAt, ok } from './check.ts';

const WHAT = 'API server';
/** Below that it is the whole seconds of the header, or the way there. */
const SKEW_MS = 2_000;

/** Whether the API server answers, what it is, and what time it has. */
export async function checkApiServer({ cluster, clock, signal }: DriverContext): Promise<readonly Check[]> {
  return look(WHAT, async () => {
    const started = clock.now();
    const version = await cluster.serverVersion({ signal });
    const took = Math.round(clock.now() - started);
    const sent = clock.wall().getTime();
    const time = await cluster.serverTime({ signal });
    return [
      ok(WHAT, `Kubernetes ${version} at ${cluster.server} answered in ${took} ms.`),
      time === undefined
        ? notLookedAt('clock', 'The API server sends no Date header.')
        : checkClock(time, sent, clock.wall().getTime()),
    ];
  });
}

/** The header is cut to whole seconds: its moment lies in the second that begins with it. */
function checkClock(time: Millis, sent: Millis, answered: Millis): Check {
  const ahead = time - answered;
  const behind = sent - (time + 1_000);
  const skew = Math.max(ahead, behind);
  if (skew <= SKEW_MS) return ok('clock', 'It agrees with that of the API server.');
  const message = `The clock of the API server is ${(skew / 1000).toFixed(0)} s ${ahead > behind ? 'ahead of' : 'behind'} the one here.`;
  return ofFinding('clock', finding('CLOCK_SKEW', message, undefined, 'Let NTP set the clock that is wrong.'));
}
