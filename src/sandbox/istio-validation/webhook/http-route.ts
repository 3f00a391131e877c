import { parseGoDuration } from '../go-duration.ts';
import { checkDestination, checkDestinations } from './destinations.ts';
import { checkFault, checkHttpStatus } from './fault.ts';
import { checkAuthority, checkHeaders } from './headers.ts';
import { checkMatches } from './http-match.ts';
import { checkDuration } from './names.ts';
import { checkMirrorPercentage } from './percentages.ts';
import type { Report } from './report.ts';
import { checkRetries } from './retries.ts';
import { checkRedirect, checkRewrite } from './rewrites.ts';
import type { CorsPolicy, HttpRoute } from './shapes.ts';
import { checkRegexMatch } from './string-match.ts';

export interface RouteContext {
  /** The VirtualService has no hosts: it can only be delegated to. */
  readonly isDelegate: boolean;
  readonly istioMinor: number;
}

/** One rule of `http`: its kind of action first, then its parts in the order in which Istio tells about them. */
export function checkHttpRoute(route: HttpRoute, context: RouteContext, report: Report): void {
  checkAction(route, context, report);
  checkMatches(route, report);
  checkHeaders(route.headers, report);
  if (route.corsPolicy !== undefined) checkCors(route.corsPolicy, report);
  if (route.fault !== undefined) checkFault(route.fault, report);
  checkMirrors(route, report);
  if (route.redirect !== undefined) checkRedirect(route.redirect, report);
  if (route.directResponse !== undefined) checkHttpStatus(route.directResponse.status ?? 0, report);
  if (route.retries !== undefined) checkRetries(route.retries, report);
  if (route.rewrite !== undefined) checkRewrite(route.rewrite, report);
  checkAuthority(route.rewrite?.authority ?? '', route.headers, report);
  checkDestinations(route.route ?? [], report);
  checkDuration(route.timeout, report);
}

function checkAction(route: HttpRoute, { isDelegate, istioMinor }: RouteContext, report: Report): void {
  if (!isDelegate && route.delegate !== undefined) return checkRoot(route, report);
  if (isDelegate && route.delegate !== undefined) report.error('delegate HTTP route cannot contain delegate');
  const hasRoute = (route.route ?? []).length > 0;
  const action = route.redirect !== undefined ? 'redirect' : 'direct_response';
  if (route.redirect !== undefined || route.directResponse !== undefined) {
    if (hasRoute) report.error(`HTTP route cannot contain both route and ${action}`);
    if (route.fault !== undefined) report.error(`HTTP route cannot contain both fault and ${action}`);
    if (route.rewrite !== undefined) report.error(`HTTP route rule cannot contain both rewrite and ${action}`);
    if (route.redirect !== undefined && route.directResponse !== undefined) {
      report.error('HTTP route rule cannot contain both direct_response and redirect');
    }
  } else if (!hasRoute) {
    // Before direct responses there were two actions.
    const actions = istioMinor <= 10 ? 'route or redirect' : 'route, redirect or direct_response';
    report.error(`HTTP ${actions} is required`);
  }
  if (route.mirror !== undefined && (route.mirrors ?? []).length > 0) {
    report.error('HTTP route cannot contain both mirror and mirrors');
  }
}

function checkRoot({ name = '', redirect, route }: HttpRoute, report: Report): void {
  if (redirect !== undefined) report.error(`root HTTP route ${name} must not specify redirect`);
  if (route !== undefined) report.error(`root HTTP route ${name} must not specify route`);
}

function checkMirrors(route: HttpRoute, report: Report): void {
  if (route.mirrorPercent !== undefined) {
    if (route.mirrorPercent > 100) {
      report.error(`mirror_percent must have a max value of 100 (it has ${route.mirrorPercent})`);
    }
    report.warn('using deprecated setting "mirrorPercent", use "mirrorPercentage" instead');
  }
  checkMirrorPercentage(route.mirrorPercentage, 'mirror_percentage', report);
  checkDestination(route.mirror, report);
  for (const mirror of route.mirrors ?? []) {
    if (mirror === null || mirror === undefined) report.error('mirror cannot be null');
    else if (mirror.destination === undefined) report.error('destination is required for mirrors');
    else {
      checkDestination(mirror.destination, report);
      checkMirrorPercentage(mirror.percentage, 'mirror percentage', report);
    }
  }
}

const CORS_METHODS = new Set('GET HEAD POST PUT PATCH DELETE CONNECT OPTIONS TRACE *'.split(' '));

function checkCors({ allowOrigins, allowMethods, maxAge }: CorsPolicy, report: Report): void {
  for (const origin of allowOrigins ?? []) {
    const value = origin.exact ?? origin.prefix ?? origin.regex ?? '';
    if (value === '') report.error("'' is not a valid match type for CORS allow origins");
    else checkRegexMatch(origin, 'corsPolicy.allowOrigins', report);
  }
  for (const method of allowMethods ?? []) {
    if (!CORS_METHODS.has(method)) report.error(`"${method}" is not a supported HTTP method`);
  }
  checkDuration(maxAge, report);
  if (maxAge !== undefined && (parseGoDuration(maxAge) ?? 0n) % 1_000_000_000n > 0n) {
    report.listed('max_age duration is accurate only to seconds precision');
  }
}
