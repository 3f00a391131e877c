import { badRequest } from '../api-error.ts';

/** Says whether a set of labels is selected. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

const KEY = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([A-Za-z0-9]?[-A-Za-z0-9_.]*)$`);
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);

/** Reads a label selector: `a=b`, `a!=b`, `a in (b, c)`, `a notin (b)`, `a`, `!a`, comma-joined; 400 for anything else. */
export function parseLabelSelector(selector: string): LabelTest {
  const tests = splitOutside(selector).map(parseRequirement);
  return (labels) => tests.every((test) => test(labels));
}

function splitOutside(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parseRequirement(text: string): LabelTest {
  const [, key = '', operator, value] = EQUALITY.exec(text) ?? [];
  if (operator !== undefined) {
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const [, setKey = '', word, list] = SET.exec(text) ?? [];
  if (list !== undefined) {
    const values = list.split(',').map((each) => each.trim());
    return word === 'in'
      ? (labels) => labels[setKey] !== undefined && values.includes(labels[setKey])
      : (labels) => labels[setKey] === undefined || !values.includes(labels[setKey]);
  }
  const [, not, name] = EXISTS.exec(text) ?? [];
  if (name === undefined)
    throw badRequest(`unable to parse requirement: found '${text}', expected a label requirement`);
  return not === '!' ? (labels) => labels[name] === undefined : (labels) => labels[name] !== undefined;
}
