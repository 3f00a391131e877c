import { styleText } from 'node:util';
import { FINDING_CODES } from '../../model/finding-codes.ts';
import { plural } from '../../util/plural.ts';
import type { Check, Level } from './check.ts';

const COLOURS = { ok: 'green', warning: 'yellow', error: 'red', 'not-looked-at': 'gray' } as const;
const LABELS: Readonly<Record<Level, string>> = {
  ok: 'ok',
  warning: 'warning',
  error: 'error',
  'not-looked-at': 'not looked at',
};

/** One line for each check, with what to do below those that are not well; then the sum. */
export function doctorText(context: string, checks: readonly Check[], colour: boolean): string {
  const width = Math.max(...checks.map(({ what }) => what.length));
  const lines = checks.flatMap((check) => [
    `${label(check.level, colour)}  ${check.what.padEnd(width)}  ${check.detail}`,
    ...(check.hint === undefined ? [] : [`${INDENT}${check.hint}`]),
    ...(check.code === undefined ? [] : [`${INDENT}see ${explained(check.code)}`]),
  ]);
  return `${[...lines, '', sum(context, checks)].join('\n')}\n`;
}

/** Where a check's code is explained. */
export function explained(code: NonNullable<Check['code']>): string {
  return `docs/${code in FINDING_CODES ? 'findings' : 'errors'}.md#${code}`;
}

const INDENT = ' '.repeat(17);

function label(level: Level, colour: boolean): string {
  const text = LABELS[level].padEnd(13);
  return colour ? styleText(COLOURS[level], text, { validateStream: false }) : text;
}

function sum(context: string, checks: readonly Check[]): string {
  const count = (level: Level): number => checks.filter((it) => it.level === level).length;
  const counts = [
    plural(count('error'), 'error'),
    plural(count('warning'), 'warning'),
    `${count('not-looked-at')} not looked at`,
    `${count('ok')} ok`,
  ];
  const verdict =
    count('error') === 0 ? `Experiments can run on ${context}` : `Something has to be put right on ${context}`;
  return `${verdict}: ${counts.join(', ')}.`;
}
