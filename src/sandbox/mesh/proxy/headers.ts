/** Headers in the order they came, names in lower case, as Envoy forwards them. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Node's flat raw headers as a list. */
export function fromRaw(raw: readonly string[]): HeaderList {
  const list: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    list.push([(raw[index] ?? '').toLowerCase(), raw[index + 1] ?? '']);
  }
  return list;
}

/** Node's flat form again. */
export function toRaw(headers: HeaderList): string[] {
  return headers.flat();
}

/** A header's value, several joined with a comma; undefined when absent. */
export function valueOf(headers: HeaderList, name: string): string | undefined {
  const values = headers.filter(([key]) => key === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(',');
}

export function without(headers: HeaderList, ...names: readonly string[]): HeaderList {
  return headers.filter(([key]) => !names.includes(key));
}

export function withHeader(headers: HeaderList, name: string, value: string): HeaderList {
  return [...without(headers, name), [name, value]];
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te', 'trailer'];

/** Without the headers that belong to one connection only (RFC 9110 7.6.1), the ones named by `connection` included. */
export function endToEnd(headers: HeaderList): HeaderList {
  const named = (valueOf(headers, 'connection') ?? '').split(',').map((name) => name.trim().toLowerCase());
  return without(headers, ...HOP_BY_HOP, ...named);
}
