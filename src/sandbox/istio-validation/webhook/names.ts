import { isAtLeastOneMillisecond, isWholeMilliseconds, parseGoDuration } from '../go-duration.ts';
import type { Report } from './report.ts';
import type { Labels } from './shapes.ts';

const LABEL = '[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const WILDCARD_LABEL = new RegExp(String.raw`^(?:\*|(?:\*|\*-)?${LABEL})$`);
const QUALIFIED = '(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const TAG_KEY = new RegExp(String.raw`^(?:${LABEL}(?:\.${LABEL})*/)?${QUALIFIED}$`);
const TAG_VALUE = new RegExp(`^(?:${QUALIFIED})?$`);

/** A DNS label of at most 63 characters; Istio takes capitals too. */
export function isDnsLabel(value: string): boolean {
  return value.length <= 63 && DNS_LABEL.test(value);
}

/** What is wrong with a fully qualified name, or undefined. */
export function domainProblem(domain: string): string | undefined {
  return lengthProblem(domain) ?? labelsProblem(domain);
}

/** What is wrong with a name that may start with a wildcard label, or undefined. */
export function wildcardDomainProblem(domain: string): string | undefined {
  const tooLong = lengthProblem(domain);
  if (tooLong !== undefined) return tooLong;
  const dot = domain.indexOf('.');
  const first = dot === -1 ? domain : domain.slice(0, dot);
  if (first.length > 63 || !WILDCARD_LABEL.test(first))
    return `domain name "${domain}" invalid (label "${first}" invalid)`;
  return dot === -1 ? undefined : labelsProblem(domain.slice(dot + 1));
}

export function checkPort(port: number, report: Report): void {
  if (port < 1 || port > 65_535) report.error(`port number ${port} must be in the range 1..65535`);
}

export function checkDuration(value: string | undefined, report: Report): void {
  const nanoseconds = value === undefined ? undefined : parseGoDuration(value);
  if (nanoseconds === undefined) return;
  if (!isAtLeastOneMillisecond(nanoseconds)) report.error('duration must be greater than 1ms');
  else if (!isWholeMilliseconds(nanoseconds)) report.error('only durations to ms precision are supported');
}

export function checkSubsetName(name: string, report: Report): void {
  if (name === '') report.error('subset name cannot be empty');
  else if (!isDnsLabel(name)) report.error(`subset name is invalid: ${name}`);
}

/** Labels of pods, in matches and subsets. */
export function checkLabels(labels: Labels | undefined, report: Report): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (!TAG_KEY.test(key)) report.listed(`invalid tag key: "${key}"`);
    if (!TAG_VALUE.test(value)) report.listed(`invalid tag value: "${value}"`);
  }
}

/** References to Gateways: `name`, `namespace/name`, or the old `name.namespace.svc...`. */
export function checkGatewayNames(names: readonly string[] | undefined, report: Report): void {
  for (const name of names ?? []) {
    const slash = name.indexOf('/');
    if (slash === -1) {
      checkPlainGatewayName(name, report);
      return;
    }
    const [namespace, gateway] = [name.slice(0, slash), name.slice(slash + 1)];
    if (namespace === '' || gateway === '') report.error('config namespace and gateway name cannot be empty');
    if (!isDnsLabel(namespace)) report.error(`invalid value for namespace: "${namespace}"`);
    if (!isDnsLabel(gateway)) report.error(`invalid value for gateway name: "${gateway}"`);
  }
}

function checkPlainGatewayName(name: string, report: Report): void {
  const [gateway, namespace] = name.split('.');
  if (namespace !== undefined) {
    const wanted = `${namespace}/${gateway}`;
    report.warn(`using legacy gatewayName format "${name}"; prefer the <namespace>/<name> format: "${wanted}"`);
  }
  const problem = domainProblem(name);
  if (problem !== undefined) report.error(problem);
}

function lengthProblem(domain: string): string | undefined {
  if (domain.length > 255) return `domain name "${domain}" too long (max 255)`;
  return domain === '' ? 'empty domain name not allowed' : undefined;
}

function labelsProblem(domain: string): string | undefined {
  const labels = domain.split('.');
  const top = labels.at(-1) ?? '';
  if (/^[+-]?\d+$/.test(top)) {
    return `domain name "${domain}" invalid (top level domain "${top}" cannot be all-numeric)`;
  }
  const wrong = labels.find((label, index) => !isDnsLabel(label) && !(label === '' && index === labels.length - 1));
  return wrong === undefined ? undefined : `domain name "${domain}" invalid (label "${wrong}" invalid)`;
}
