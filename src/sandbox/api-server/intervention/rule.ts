import { type Misbehaviour, parseMisbehaviour, REFUSALS } from './misbehaviour.ts';

/** Which requests go wrong, and how. */
export interface Rule {
  readonly misbehaviour: Misbehaviour;
  /** What a request must be; a field that is not given matches all. */
  readonly where: Partial<Readonly<Record<Place, string>>>;
  /** So many of these requests pass unharmed first. */
  readonly after: number;
  /** So many are hit after those. */
  readonly count: number;
}

const PLACES = ['verb', 'resource', 'namespace', 'name', 'path', 'agent'] as const;
type Place = (typeof PLACES)[number];
const KEYS: readonly string[] = [...PLACES, 'after', 'count'];
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'post'];

/** Reads `503 verb=update resource=virtualservices.networking.istio.io count=2`; else says what is wrong with it. */
export function parseRule(text: string): Rule | string {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  const misbehaviour = parseMisbehaviour(first);
  if (!misbehaviour) return `"${first}" is no misbehaviour; there are ${ALL}`;
  const given = new Map<string, string>();
  for (const word of rest) {
    const [key, value] = splitOnce(word);
    if (!KEYS.includes(key)) return `"${word}" is not understood; write KEY=VALUE with ${KEYS.join(', ')}`;
    if (value === '') return `"${key}" has no value; write ${key}=VALUE`;
    if (given.has(key)) return `"${key}" is given twice`;
    given.set(key, value);
  }
  return wrongVerb(given) ?? wrongCount(given) ?? ruleOf(misbehaviour, given);
}

const ALL = `${REFUSALS.join(', ')}, reset, hang, slow=MS (each also with -after, as in 503-after, slow-after=MS), cut, close=MS, skew=MS`;

function splitOnce(word: string): [string, string] {
  const at = word.indexOf('=');
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
}

function wrongVerb(given: ReadonlyMap<string, string>): string | undefined {
  const wrong = given
    .get('verb')
    ?.split(',')
    .find((verb) => !VERBS.includes(verb));
  return wrong === undefined ? undefined : `"${wrong}" is no verb; there are ${VERBS.join(', ')}`;
}

function wrongCount(given: ReadonlyMap<string, string>): string | undefined {
  for (const key of ['after', 'count']) {
    const value = given.get(key);
    if (value !== undefined && !/^\d{1,6}$/.test(value)) return `${key} must be a whole number, got "${value}"`;
  }
  return undefined;
}

function ruleOf(misbehaviour: Misbehaviour, given: ReadonlyMap<string, string>): Rule {
  const where = Object.fromEntries(PLACES.flatMap((place) => (given.has(place) ? [[place, given.get(place)]] : [])));
  return {
    misbehaviour,
    where,
    after: Number(given.get('after') ?? 0),
    count: Number(given.get('count') ?? Infinity),
  };
}
