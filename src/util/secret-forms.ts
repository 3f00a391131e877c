import { visibleText } from './visible-text.ts';

/** Pieces of a secret shorter than this are found in unrelated text. */
const SHORTEST_PIECE = 8;

/** The ways in which a secret gets written: as it is, encoded, escaped, wrapped into lines. */
export function writtenForms(value: string): string[] {
  const bytes = Buffer.from(value);
  const form = new URLSearchParams([['', value]]).toString().slice(1);
  const percent = encodeURIComponent(bytes.toString());
  const json = JSON.stringify(value).slice(1, -1);
  const forms = [
    value,
    visibleText(value),
    value.replaceAll(/\s+/g, ' ').trim(),
    ...[percent, form].flatMap((it) => [it, lowerPercent(it)]),
    ...base64Forms(bytes),
    ...(value.length >= SHORTEST_PIECE ? [bytes.toString('hex'), bytes.toString('hex').toUpperCase()] : []),
    json,
    JSON.stringify(json).slice(1, -1),
    escapedForHtml(value),
    ...value.split(/\s*\n\s*/).filter((line) => line.length >= SHORTEST_PIECE),
  ];
  return forms.filter((it) => it.length >= 4);
}

function lowerPercent(text: string): string {
  return text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

/** Inside a longer text the same bytes give other letters, by where they begin; what stays the same is in the middle. */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString('base64');
  const middles = [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    const middle = encoded.slice(Math.ceil((offset * 8) / 6), end);
    return middle.length >= SHORTEST_PIECE ? [middle] : [];
  });
  const wrapped = [64, 76].flatMap((width) => whole.match(new RegExp(`.{1,${width}}`, 'g')) ?? []);
  const pieces = whole.length > 64 ? wrapped.filter((it) => it.length >= 16) : [];
  return [whole, ...middles, ...pieces].flatMap((it) => [
    it,
    it.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
  ]);
}

function escapedForHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
