import type { ProbeResult } from '../model/probe-result.ts';

/** True when the probe's part of the hypothesis held, or was not asked for in that phase. */
export function isSteady(result: ProbeResult): boolean {
  return result.verdict === 'passed' || result.verdict === 'skipped';
}
