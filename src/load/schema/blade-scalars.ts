import * as z from 'zod';
import { complain, said, shown } from './said.ts';
import { duration } from './scalars.ts';

const PORTS = 'Allowed: a port, a range such as 8000-8080, or a list of these.';
const ADDRESSES = 'Allowed: an IPv4 address such as 10.0.0.7, a network such as 10.0.0.0/24, or a list of these.';

/** Ports as `tc` filters take them: `80`, `80,8000-8080`, or a list. As text, the way ChaosBlade reads it. */
export function ports() {
  return listed(z.union([z.number(), z.string()], { error: wrong('a port', PORTS) }), portTrouble, PORTS);
}

/** IPv4 addresses and networks; ChaosBlade's filters know no others. */
export function addresses() {
  return listed(z.string({ error: wrong('an address', ADDRESSES) }), addressTrouble, ADDRESSES);
}

/** A port of a Service, by number or name: `istio-system/istio-ingressgateway:80`. */
export function servicePort() {
  const hint = 'Allowed: namespace/service:port, e.g. istio-system/istio-ingressgateway:80.';
  return z.string({ error: wrong('a port of a Service', hint) }).transform((text, context) => {
    const [, namespace, service, port] = /^([a-z0-9-]+)\/([a-z0-9-]+):([a-z0-9-]+)$/.exec(text) ?? [];
    if (namespace === undefined || service === undefined || port === undefined)
      return complain(context, `${shown(text)} is not a port of a Service`, hint);
    return { namespace, service, port };
  });
}

/** A duration of whole milliseconds. */
export function wholeMillis(min: number) {
  return duration(min).check(
    z.refine((ms) => Number.isInteger(ms), { error: said('this is not a whole number of milliseconds') }),
  );
}

/** A duration of whole seconds, at least one. */
export function wholeSeconds() {
  return duration(1000).check(
    z.refine((ms) => ms % 1000 === 0, {
      error: said('this is not a whole number of seconds', 'ChaosBlade counts its timeout in seconds.'),
    }),
  );
}

function listed<T extends z.ZodType<string | number>>(
  one: T,
  trouble: (item: string) => string | undefined,
  allowed: string,
) {
  return z.union([one, z.array(one)]).transform((written, context): string => {
    const items = [written].flat().flatMap((item) => String(item).split(','));
    const wrong = items.map((item) => trouble(item.trim())).find((it) => it !== undefined);
    return wrong === undefined ? items.map((item) => item.trim()).join(',') : complain(context, wrong, allowed);
  });
}

function portTrouble(item: string): string | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(item);
  if (match === null) return `${shown(item)} is not a port`;
  const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
  if (from < 1 || to > 65_535) return `${shown(item)} is not between 1 and 65535`;
  return from > to ? `the range ${shown(item)} is empty` : undefined;
}

function addressTrouble(item: string): string | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(item);
  const isAddress = match?.slice(1, 5).every((part) => Number(part) <= 255) && Number(match[5] ?? 32) <= 32;
  return isAddress === true ? undefined : `${shown(item)} is not an IPv4 address`;
}

function wrong(what: string, allowed: string) {
  return (issue: { readonly input?: unknown }) =>
    issue.input == null ? undefined : said(`${shown(issue.input)} is not ${what}`, allowed);
}
