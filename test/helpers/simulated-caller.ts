import type { CliffPoint, CliffVerdict } from '../../src/model/conclusion.ts';
import { gapInTimes } from '../../src/search/explain-wait.ts';
import { nextDelay, type Range } from '../../src/search/next-delay.ts';

/** Somebody who waits for a delayed service, tries again, and pauses in between. */
export interface Caller {
  readonly timeout: number;
  readonly attempts: number;
  readonly pause: number;
}

const OWN_MS = 12;

/** How long a page of theirs takes under a delay. */
export function pageTime({ timeout, attempts, pause }: Caller, delay: number): number {
  if (delay + 2 < timeout) return OWN_MS + delay;
  return OWN_MS + attempts * timeout + (attempts - 1) * pause;
}

/** What the run under a delay would show; `noise` is added to the quickest of its answers. */
export function simulatedPoint(delay: number, verdict: CliffVerdict, added: number, noise = 0): CliffPoint {
  const min = added + noise;
  return {
    delay,
    experiment: `x (delay ${delay}ms)`,
    verdict,
    why: '',
    probes: [
      {
        probe: 'page',
        samples: 5,
        latency: { min, p50: min + 8, max: min + 20 },
        unhurried: OWN_MS,
        statuses: { '200': 5 },
        errors: {},
      },
    ],
  };
}

/** Searches as the command does, with `run` in the place of a run; gives up after 60 runs. */
export function searchWith(
  range: Range,
  run: (delay: number, points: readonly CliffPoint[]) => CliffPoint,
): CliffPoint[] {
  const points: CliffPoint[] = [];
  while (points.length < 60) {
    const gap = gapInTimes('page', points);
    const delay = nextDelay(points, range, gap === undefined ? [] : [gap]);
    if (delay === undefined) return points;
    points.push(run(delay, points));
  }
  throw new Error('the search does not end');
}
