import { randomInt } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * A new run id such as `20261120-221503-k3f9`: short, sorted by time, usable in a DNS name and as a label value.
 * The time is UTC.
 */
export function newRunId(wall: Date): string {
  const [day = '', time = ''] = wall.toISOString().replaceAll(/[-:]/g, '').split('T');
  const tail = Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${day}-${time.slice(0, 6)}-${tail}`;
}
