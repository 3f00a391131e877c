import type { Report } from './report.ts';
import type { Headers, HeaderOperations } from './shapes.ts';

/** `headers` of a route or of one of its destinations. */
export function checkHeaders(headers: Headers | undefined, report: Report): void {
  for (const name of changed(headers?.request)) checkRequestName(name, report);
  for (const name of headers?.request?.remove ?? []) checkOtherName(name, report);
  for (const name of changed(headers?.response)) checkOtherName(name, report);
  for (const name of headers?.response?.remove ?? []) checkOtherName(name, report);
}

/** The authority may be rewritten at one place only. */
export function checkAuthority(rewritten: string, headers: Headers | undefined, report: Report): void {
  let current = rewritten;
  for (const operations of [headers?.request?.set, headers?.request?.add]) {
    for (const [name, value] of Object.entries(operations ?? {})) {
      if (!isAuthority(name)) continue;
      if (current !== '') {
        report.error(`authority header cannot be set multiple times: have "${current}", attempting to set "${value}"`);
        return;
      }
      current = value;
    }
  }
}

function changed(operations: HeaderOperations | undefined): string[] {
  return [...Object.keys(operations?.add ?? {}), ...Object.keys(operations?.set ?? {})];
}

function checkRequestName(name: string, report: Report): void {
  if (name === '') report.error('header name cannot be empty');
  else if (name.startsWith(':') && !isAuthority(name)) report.error(badPrefix(name));
}

function checkOtherName(name: string, report: Report): void {
  if (name === '') report.error('header name cannot be empty');
  else if (name.toLowerCase() === 'host') report.error(`invalid header "${name}": cannot set Host header`);
  else if (name.startsWith(':')) report.error(badPrefix(name));
}

function isAuthority(name: string): boolean {
  return [':authority', 'host'].includes(name.toLowerCase());
}

function badPrefix(name: string): string {
  return `invalid header "${name}": header cannot have ":" prefix`;
}
