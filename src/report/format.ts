import type { Millis } from '../model/clock.ts';
import type { Verdict } from '../model/verdict.ts';

/** A duration as people read it: `240 ms`, `6.01 s`, `2 min 5 s`. */
export function formatMillis(ms: Millis): string {
  if (ms < 999.5) return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A mark and a colour for each verdict; the word is always printed too. */
export function verdictStyle(verdict: Verdict): {
  readonly mark: string;
  readonly colour: 'green' | 'red' | 'yellow' | 'gray';
} {
  switch (verdict) {
    case 'passed':
    case 'known-weakness':
      return { mark: '✓', colour: 'green' };
    case 'failed':
    case 'unexpected-pass':
    case 'rollback-failed':
    case 'error':
    case 'refused':
      return { mark: '✗', colour: 'red' };
    case 'inconclusive':
    case 'interrupted':
    case 'locked':
      return { mark: '?', colour: 'yellow' };
    case 'skipped':
      return { mark: '-', colour: 'gray' };
  }
}
