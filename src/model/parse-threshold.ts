import type { Parsed } from '../util/parsed.ts';
import { parsed, unparsed } from '../util/parsed.ts';
import { parseDuration } from './duration.ts';
import type { Threshold } from './threshold.ts';

type Operator = Extract<Threshold, { kind: 'compare' }>['op'];

interface Quantity {
  readonly parse: (text: string) => Parsed<number>;
  readonly highest: number;
  readonly allowed: string;
}

const SHARE: Quantity = {
  parse: parseShare,
  highest: 1,
  allowed: 'a limit such as ">= 99%", "< 5%", "== 0%" or a range "10% .. 90%"',
};

const DURATION: Quantity = {
  parse: parseDuration,
  highest: Infinity,
  allowed: 'a limit such as "< 2.5s", ">= 500ms" or a range "1s .. 3s"',
};

/** `>= 99%` -> at least 0.99; `10% .. 90%` -> from 0.1 to 0.9, both included. */
export function parseShareThreshold(text: string): Parsed<Threshold> {
  return parseThreshold(text, SHARE);
}

/** `< 2.5s` -> less than 2500; `1s .. 3s` -> from 1000 to 3000, both included. */
export function parseDurationThreshold(text: string): Parsed<Threshold> {
  return parseThreshold(text, DURATION);
}

/** `95%` -> 0.95. Less than a coin toss, or certainty, is no confidence. */
export function parseConfidence(text: string): Parsed<number> {
  const allowed = 'a share from 50% to 99.99%, such as 95%';
  const share = parseShare(text.trim());
  if (!share.ok) return unparsed(share.problem, allowed);
  if (share.value >= 0.5 && share.value <= 0.9999) return share;
  const why = share.value < 0.5 ? 'less than the toss of a coin gives' : 'more than requests can give';
  return unparsed(`\`${text}\` is ${why}`, allowed);
}

function parseThreshold(text: string, quantity: Quantity): Parsed<Threshold> {
  const trimmed = text.trim();
  const range = /^(.+?)\s*\.\.\s*(.+)$/.exec(trimmed);
  if (range) return parseRange(trimmed, range[1] ?? '', range[2] ?? '', quantity);
  const compare = /^(<=|>=|==|<|>)\s*(.*)$/.exec(trimmed);
  if (!compare) return unparsed(missingOperator(trimmed, quantity), quantity.allowed);
  const op = compare[1] as Operator;
  const value = quantity.parse(compare[2] ?? '');
  if (!value.ok) return unparsed(`\`${trimmed}\` is not a limit: ${value.problem}`, quantity.allowed);
  if ((op === '>' && value.value >= quantity.highest) || (op === '<' && value.value === 0)) {
    return unparsed(`\`${trimmed}\` can never hold`, quantity.allowed);
  }
  return parsed({ kind: 'compare', op, value: value.value, text: trimmed });
}

function parseRange(text: string, lowText: string, highText: string, quantity: Quantity): Parsed<Threshold> {
  const low = quantity.parse(lowText);
  const high = quantity.parse(highText);
  if (!low.ok) return unparsed(`\`${text}\` is not a range: ${low.problem}`, quantity.allowed);
  if (!high.ok) return unparsed(`\`${text}\` is not a range: ${high.problem}`, quantity.allowed);
  if (low.value > high.value)
    return unparsed(`\`${text}\` is empty: its ends are the wrong way round`, quantity.allowed);
  return parsed({ kind: 'range', low: low.value, high: high.value, text });
}

function missingOperator(text: string, quantity: Quantity): string {
  const value = quantity.parse(text.replace(/^(?:=<|=>|=|≥|≤)\s*/, ''));
  if (!value.ok) return `\`${text}\` is not a limit`;
  if (text.startsWith('=>') || text.startsWith('≥')) return `\`${text}\` is not a limit; write \`>=\``;
  if (text.startsWith('=<') || text.startsWith('≤')) return `\`${text}\` is not a limit; write \`<=\``;
  if (text.startsWith('=')) return `\`${text}\` is not a limit; write \`==\``;
  return `\`${text}\` does not say on which side; write \`>= ${text}\` or \`<= ${text}\``;
}

function parseShare(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (!match) {
    const bare = /^\d+(?:\.\d+)?$/.test(text);
    return unparsed(bare ? `\`${text}\` has no percent sign` : `\`${text}\` is not a share`, SHARE.allowed);
  }
  // As a decimal, not by division: 99.9 / 100 is more than 0.999, and 999 good of 1,000 would miss `>= 99.9%`.
  const share = Number(`${match[1]}e-2`);
  if (share > 1) return unparsed(`\`${text}\` is more than 100%`, SHARE.allowed);
  return parsed(share);
}
