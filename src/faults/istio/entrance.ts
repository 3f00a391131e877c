import type { HttpRequestSpec } from '../../model/hypothesis.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { matchesValue } from './string-match.ts';
import { boundGateways, type HttpRoute, type MatchBlock, specOf } from './virtual-service.ts';

/** A route at the gateway that may take a request. */
export interface EntranceRoute {
  readonly object: KubernetesObject;
  readonly route: HttpRoute;
  readonly index: number;
  /** It is the first in its VirtualService that takes it, for sure. */
  readonly isSure: boolean;
}

/**
 * The routes of gateway-bound VirtualServices that may take a probe's request, in the order of each. Undefined where
 * the request goes elsewhere, or its way is not known from the file.
 */
export function routesAtEntrance(
  http: HttpRequestSpec,
  all: readonly KubernetesObject[],
): readonly EntranceRoute[] | undefined {
  if (!http.path.startsWith('/') || http.followRedirects) return undefined;
  return all.filter((object) => boundGateways(object).length > 0).flatMap((object) => firstRoutes(http, object));
}

function firstRoutes(http: HttpRequestSpec, object: KubernetesObject): readonly EntranceRoute[] {
  const found: EntranceRoute[] = [];
  for (const [index, route] of (specOf(object).http ?? []).entries()) {
    const answer = takes(route, http);
    if (answer === 'no') continue;
    found.push({ object, route, index, isSure: answer === 'yes' && found.length === 0 });
    if (answer === 'yes') break;
  }
  return found;
}

type Answer = 'yes' | 'no' | 'maybe';

function takes({ match = [] }: HttpRoute, http: HttpRequestSpec): Answer {
  if (match.length === 0) return 'yes';
  const answers = match.map((block) => meets(block, http));
  if (answers.includes('yes')) return 'yes';
  return answers.includes('maybe') ? 'maybe' : 'no';
}

/** Conditions of which the file says nothing, such as cookies of a login, may be met. */
function meets(block: MatchBlock, { path, method }: HttpRequestSpec): Answer {
  const { uri, method: wanted, ignoreUriCase, ...others } = block;
  const { pathname } = new URL(path, 'http://gateway');
  if (wanted !== undefined && !matchesValue(wanted, method)) return 'no';
  if (ignoreUriCase === true && uri !== undefined) return 'maybe';
  if (uri !== undefined && !matchesValue(uri, pathname)) return 'no';
  return Object.keys(others).every((field) => field === 'name') ? 'yes' : 'maybe';
}
