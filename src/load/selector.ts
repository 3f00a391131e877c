import type { Parsed } from '../util/parsed.ts';
import { parsed, unparsed } from '../util/parsed.ts';

type Labels = Readonly<Record<string, string>>;
export type LabelSelector = (labels: Labels) => boolean;

const KEY = String.raw`(?:[A-Za-z0-9][A-Za-z0-9.-]*\/)?[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?`;
const VALUE = String.raw`[\w.-]*`;
const EQUALITY = new RegExp(`^(${KEY})\\s*(=|==|!=)\\s*(${VALUE})$`);
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);
const ALLOWED = 'a=b, a==b, a!=b, a in (b,c), a notin (b,c), a, !a; joined by commas, all of them must hold';

/** Reads a selector as kubectl does. As there, `!=` and `notin` also choose what lacks the label. */
export function parseSelector(text: string): Parsed<LabelSelector> {
  const parts = splitOutsideParentheses(text);
  const requirements: LabelSelector[] = [];
  for (const part of parts) {
    const requirement = parseRequirement(part);
    if (requirement === undefined) return unparsed(`\`${part === '' ? text : part}\` is not a label selector`, ALLOWED);
    requirements.push(requirement);
  }
  return parsed((labels) => requirements.every((holds) => holds(labels)));
}

function parseRequirement(text: string): LabelSelector | undefined {
  const equality = EQUALITY.exec(text);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    return operator === '!=' ? (labels) => get(labels, key) !== value : (labels) => get(labels, key) === value;
  }
  const set = SET.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    if (!values.every((value) => new RegExp(`^${VALUE}$`).test(value))) return undefined;
    return (labels) => values.includes(get(labels, key) ?? '\0') === (operator === 'in');
  }
  const exists = EXISTS.exec(text);
  if (exists) {
    const [, not, key = ''] = exists;
    return (labels) => (get(labels, key) !== undefined) === (not !== '!');
  }
  return undefined;
}

function get(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}
