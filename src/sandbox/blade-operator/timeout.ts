import { parseGoDuration } from '../istio-validation/go-duration.ts';
import type { Flags } from './matchers.ts';
import { Refusal } from './refusal.ts';

/** The `timeout` matcher in milliseconds: whole seconds or a Go duration; undefined when there is none. */
export function timeoutMs(flags: Flags): number | undefined {
  const text = flags.get('timeout');
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Number(parseGoDuration(text) ?? -1n) / 1e6;
  if (ms > 0) return ms;
  throw new Refusal(`illegal \`timeout\` parameter value: \`${text}\`. it must be a positive integer`);
}
