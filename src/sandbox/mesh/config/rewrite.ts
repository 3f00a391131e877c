import type { MatchBlock, RedirectSpec, RewriteSpec } from './objects.ts';
import type { Forward, Redirect } from './route-table.ts';
import { compileRegex } from './string-match.ts';

/** How the path (without query) changes on its way up: the matched prefix, or all of an exact or regex match. */
export function compileRewrite(spec: RewriteSpec | undefined, match: MatchBlock): Forward['rewritePath'] {
  if (spec?.uriRegexRewrite?.match !== undefined) {
    const pattern = compileRegex(spec.uriRegexRewrite.match);
    const replacement = (spec.uriRegexRewrite.rewrite ?? '').replaceAll(/\\(\d)/g, '$$$1');
    return (path) => pattern?.matcher(path).replaceAll(replacement) ?? path;
  }
  const target = spec?.uri;
  if (target === undefined) return undefined;
  if (match.uri?.exact !== undefined || match.uri?.regex !== undefined) return () => target;
  const prefixLength = (match.uri?.prefix ?? '/').length;
  return (path) => target + path.slice(prefixLength);
}

/** Where a redirect sends the client; the query string stays unless the new path brings its own. */
export function compileRedirect(spec: RedirectSpec): Redirect {
  return {
    kind: 'redirect',
    status: spec.redirectCode ?? 301,
    location: (request) => {
      const authority = spec.authority ?? request.authority;
      const port = spec.port === undefined ? '' : `:${spec.port}`;
      const host = port === '' ? authority : authority.replace(/:\d+$/, '') + port;
      const path = spec.uri ?? request.path;
      const query = request.query === '' || path.includes('?') ? '' : `?${request.query}`;
      return `${spec.scheme ?? request.scheme}://${host}${path}${query}`;
    },
  };
}
