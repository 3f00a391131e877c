import type { Condition } from './kinds.ts';

/** The new conditions; one that did not change its status keeps the time of its last transition. */
export function nextConditions(
  before: readonly Condition[] | undefined,
  now: readonly Condition[],
  time: string,
): Condition[] {
  return now.map((condition) => {
    const old = before?.find(({ type }) => type === condition.type);
    const unchanged = old?.status === condition.status && old.lastTransitionTime !== undefined;
    return { ...condition, lastTransitionTime: unchanged ? old.lastTransitionTime : time };
  });
}

/** Now, as Kubernetes writes times: seconds, UTC. */
export function timestamp(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
