import type { ChaosBladeVersion } from '../options.ts';
import { listOf } from './matchers.ts';
import type { Flags } from './matchers.ts';
import { Refusal } from './refusal.ts';
import { WORDINGS } from './wording.ts';

type Labels = Readonly<Record<string, string>> | undefined;

const LABEL = /^(?:[\w./-]*[A-Za-z0-9])?$/;

/**
 * What the `labels` matcher asks of an object. Different keys must all match and a key given twice may have either
 * value; beside `names` one matching key is enough since 1.7. Items without `=` are ignored.
 */
export function labelTest(flags: Flags, version: ChaosBladeVersion): (labels: Labels) => boolean {
  const wanted = new Map<string, string[]>();
  for (const item of listOf(flags, 'labels')) {
    const [key = '', value] = item.split('=', 2);
    if (value === undefined) continue;
    if (key === '' || !LABEL.test(key) || !LABEL.test(value)) {
      throw new Refusal(WORDINGS[version].badLabels(flags.get('labels') ?? ''));
    }
    wanted.set(key, [...(wanted.get(key) ?? []), value]);
  }
  const keys = [...wanted];
  const matches =
    (labels: Labels) =>
    ([key, values]: [string, string[]]) =>
      values.includes(labels?.[key] ?? '');
  if (keys.length === 0) return () => true;
  const isOneEnough = version !== '0.8' && flags.has('names');
  return (labels) => (isOneEnough ? keys.some(matches(labels)) : keys.every(matches(labels)));
}
