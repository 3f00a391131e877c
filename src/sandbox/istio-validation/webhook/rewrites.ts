import { checkPort } from './names.ts';
import type { Report } from './report.ts';
import type { Redirect, Rewrite } from './shapes.ts';
import { checkRegex } from './string-match.ts';

/** `redirect` of a route; only the first mistake is told. */
export function checkRedirect(redirect: Redirect, report: Report): void {
  const { uri = '', authority = '', scheme = '', port, derivePort, redirectCode = 0 } = redirect;
  const says = (text: string): void => report.error(text);
  if (uri === '' && authority === '' && scheme === '' && port === undefined && derivePort === undefined) {
    return says('redirect must specify URI, authority, scheme, or port');
  }
  if (redirectCode !== 0 && (redirectCode < 300 || redirectCode > 399)) {
    return says(`${redirectCode} is not a valid redirect code, must be 3xx`);
  }
  if (scheme !== '' && scheme !== 'http' && scheme !== 'https') {
    return says('invalid redirect scheme, must be "http" or "https"');
  }
  if (port !== undefined && port > 0) checkPort(port, report);
}

/** `rewrite` of a route; only the first mistake is told. */
export function checkRewrite(rewrite: Rewrite, report: Report): void {
  const { uri = '', authority = '', uriRegexRewrite } = rewrite;
  if (uri !== '' && uriRegexRewrite !== undefined) {
    return report.error('rewrite may only contain one of URI or UriRegexRewrite');
  }
  if (uri === '' && authority === '' && uriRegexRewrite === undefined) {
    return report.error(
      'rewrite must specify at least one of URI, UriRegexRewrite, or authority. Only one of URI or UriRegexRewrite may be specified',
    );
  }
  if (uriRegexRewrite !== undefined) checkRegexRewrite(uriRegexRewrite, report);
}

function checkRegexRewrite(
  { match = '', rewrite = '' }: NonNullable<Rewrite['uriRegexRewrite']>,
  report: Report,
): void {
  const joined = { ...report, error: (text: string): void => report.error(`UriRegexRewrite has errors\n${text}`) };
  if (match === '' || rewrite === '') {
    joined.error('UriRegexRewrite requires both Rewrite and Match fields to be specified');
  } else checkRegex(match, 'HTTPRewrite.UriRegexRewrite.Match', joined);
}
