import { styleText } from 'node:util';

/** Colours a text, or leaves it as it is when colour is off. Colour is never the only carrier of a meaning. */
export type Paint = (colour: 'green' | 'red' | 'yellow' | 'gray' | 'bold', text: string) => string;

/** `enabled` is the caller's answer to NO_COLOR, FORCE_COLOR and the kind of terminal. */
export function createPaint(enabled: boolean): Paint {
  return enabled ? (colour, text) => styleText(colour, text, { validateStream: false }) : (_colour, text) => text;
}
