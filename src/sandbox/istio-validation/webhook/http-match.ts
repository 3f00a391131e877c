import { checkGatewayNames, checkLabels, checkPort, isDnsLabel } from './names.ts';
import type { Report } from './report.ts';
import type { HttpMatch, HttpRoute } from './shapes.ts';
import { checkRegexMatch, checkStringMatch } from './string-match.ts';

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const PSEUDO_HEADERS: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path', ':status']);

/** The conditions of a route: what each may hold, then where it applies. */
export function checkMatches(route: HttpRoute, report: Report): void {
  const matches = (route.match ?? []).filter((match) => match !== null && match !== undefined);
  for (const match of matches) checkConditions(match, report);
  for (const match of matches) checkPlace(match, report);
}

function checkConditions(match: HttpMatch, report: Report): void {
  for (const [name, header] of Object.entries(match.headers ?? {})) {
    if (header === null) report.error(`header match ${name} cannot be null`);
    checkHeaderName(name, report);
    checkStringMatch(header, 'headers', report);
  }
  for (const [name, header] of Object.entries(match.withoutHeaders ?? {})) {
    checkHeaderName(name, report);
    // `*` is no RE2 expression: here it is the old way to say "present".
    if (header?.regex !== '*') checkStringMatch(header, 'withoutHeaders', report);
  }
  // Envoy takes an empty prefix for paths, and for nothing else.
  checkRegexMatch(match.uri, 'uri', report);
  checkStringMatch(match.scheme, 'scheme', report);
  checkStringMatch(match.method, 'method', report);
  checkStringMatch(match.authority, 'authority', report);
  for (const parameter of Object.values(match.queryParams ?? {})) checkStringMatch(parameter, 'queryParams', report);
}

function checkPlace(match: HttpMatch, report: Report): void {
  if (match.port !== undefined && match.port !== 0) checkPort(match.port, report);
  checkLabels(match.sourceLabels, report);
  checkGatewayNames(match.gateways, report);
  const { sourceNamespace = '' } = match;
  if (sourceNamespace !== '' && !isDnsLabel(sourceNamespace)) {
    report.error(`sourceNamespace match ${sourceNamespace} is invalid`);
  }
}

function checkHeaderName(name: string, report: Report): void {
  if (name === '') report.error('header name cannot be empty');
  else if (!name.startsWith('@request.auth.claims') && !PSEUDO_HEADERS.has(name) && !HEADER_NAME.test(name)) {
    report.error(`header name ${name} is not a valid header name`);
  }
}
