import type { Experiment } from '../model/experiment.ts';
import { isSensitiveHeader, isSensitiveName } from '../util/credentials.ts';
import { holdsMark } from './cluster-secrets.ts';

/** A shorter literal is a name or a demo's password, whose masking would blank out the report. */
const SHORTEST_LITERAL = 8;

/**
 * Values that nobody called secret, in places that hold nothing else: Authorization and Cookie headers, password and
 * token fields of requests, users and passwords in addresses.
 */
export function literalSecrets({
  sessions,
  hypothesis,
  faults,
  abortWhen = [],
  ingress,
}: Experiment): readonly string[] {
  const proofs = faults.flatMap(({ proof }) => proof ?? []);
  const found = [
    ...sensitiveIn([
      sessions,
      hypothesis.map((it) => it.http),
      proofs.map((it) => it.http),
      faults.map((it) => it.spec),
      abortWhen.map((it) => it.watched),
    ]),
    ...passwordIn(ingress.url ?? ''),
  ];
  return [...new Set(found)].filter((it) => it.length >= SHORTEST_LITERAL && !holdsMark(it));
}

/** `name` is the nearest one: a header of a match holds `{exact: ...}`. */
function sensitiveIn(value: unknown, name = '', isHeader = false): readonly string[] {
  if (typeof value === 'string') {
    if (name === 'path' || name === 'url') return [...passwordIn(value), ...parametersIn(value)];
    const sensitive = isHeader ? isSensitiveHeader(name) || isSensitiveName(name) : isSensitiveName(name);
    return sensitive ? bareCredentials(value) : [];
  }
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap((item) => sensitiveIn(item, name, isHeader));
  return Object.entries(value).flatMap(([key, inner]) => {
    if (isHeader && (key === 'exact' || key === 'prefix')) return sensitiveIn(inner, name, isHeader);
    return sensitiveIn(inner, key, isHeader || key === 'headers' || key === 'withoutHeaders');
  });
}

/** `Bearer abc` also as `abc`; the password of Basic; each value of a Cookie header. */
function bareCredentials(value: string): readonly string[] {
  const [, scheme = '', token = ''] = /^([A-Za-z]+) +(\S+)$/.exec(value) ?? [];
  const basic = scheme.toLowerCase() === 'basic' ? Buffer.from(token, 'base64').toString('utf8') : '';
  const cookies = value.split(/; */).map((pair) => pair.slice(pair.indexOf('=') + 1));
  return [value, token, basic.slice(basic.indexOf(':') + 1), ...cookies];
}

function passwordIn(address: string): readonly string[] {
  if (!URL.canParse(address)) return [];
  const { password } = new URL(address);
  return password === '' ? [] : [password, decodeURIComponent(password)];
}

function parametersIn(path: string): readonly string[] {
  const query = path.slice(path.indexOf('?') + 1);
  return path.includes('?')
    ? [...new URLSearchParams(query)].flatMap(([key, value]) => (isSensitiveName(key) ? [value] : []))
    : [];
}
