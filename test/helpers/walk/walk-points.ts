import { parseMisbehaviour, type Misbehaviour } from '../../../src/sandbox/api-server/intervention/misbehaviour.ts';
import type { WalkPoint } from './walk-lane.ts';

/** One row of the matrix. */
export interface Row {
  readonly name: string;
  readonly text: string;
  readonly reach: WalkPoint['reach'];
  readonly suits: (verb: string) => boolean;
}

const all = (_verb: string): boolean => true;
const isWrite = (verb: string): boolean => verb !== 'get' && verb !== 'list';
const isRead = (verb: string): boolean => !isWrite(verb);

const once = (text: string, suits = all): Row => ({ name: text, text, reach: 'once', suits });

/** Every way in which a request goes wrong. The slow ones are slower than the 10 s that a call is given. */
export const ROWS: readonly Row[] = [
  once('401'),
  once('403'),
  once('404'),
  once('409'),
  once('410', isRead),
  once('422'),
  once('429'),
  once('500'),
  once('500-after', isWrite),
  once('503'),
  once('reset'),
  once('reset-after', isWrite),
  once('cut'),
  once('hang'),
  once('hang-after', isWrite),
  once('slow=400'),
  once('slow=11000', isWrite),
  once('slow-after=11000', isWrite),
  once('skew=3600000'),
  ...['403', '500', 'reset', 'hang'].map((text): Row => ({
    name: `${text} from then on`,
    text,
    reach: 'always',
    suits: all,
  })),
  ...['503', 'reset', 'hang'].map((text): Row => ({ name: `${text} for everything`, text, reach: 'down', suits: all })),
];

export function misbehaviourOf({ text }: Row): Misbehaviour {
  const misbehaviour = parseMisbehaviour(text);
  if (misbehaviour === undefined) throw new Error(`no misbehaviour: ${text}`);
  return misbehaviour;
}

/**
 * The requests to go through, from those of an undisturbed run: every write, and of reads that are repeated the first,
 * one in the middle and one of the last, which not every run gets to. Writes come first, and what is read last before what
 * is read first: the nearer to the fault, the sooner it is known.
 */
export function pointsOf(requests: readonly string[]): { readonly key: string; readonly nth: number }[] {
  const counts = new Map<string, number>();
  for (const key of requests) counts.set(key, (counts.get(key) ?? 0) + 1);
  const points = [...counts].reverse().flatMap(([key, count]) => {
    const isAsked = key.startsWith('create selfsubject');
    const every = isWrite(verbOf(key)) && !isAsked;
    const wanted = every ? Array.from({ length: count }, (_, n) => n + 1) : [1, Math.ceil(count / 2), count - 1];
    return [...new Set(wanted)].filter((nth) => nth >= 1 && nth <= count).map((nth) => ({ key, nth }));
  });
  return points.sort((a, b) => Number(isWrite(verbOf(b.key))) - Number(isWrite(verbOf(a.key))));
}

export function verbOf(key: string): string {
  return key.split(' ', 1)[0] ?? '';
}
