import type { HttpMatch, StringMatch } from '../../model/fault.ts';
import { intersectRequests } from './match.ts';
import { type Aim, isCatchAll, isForProxies } from './narrow.ts';
import type { HttpRoute, MatchBlock } from './virtual-service.ts';

/** What to aim at inside a delegate, or why the fault cannot or need not go there. */
export type DelegateAim =
  | { readonly kind: 'aim'; readonly aim: Aim }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly reason: string };

/**
 * Istio joins a root's match with its delegate's and silently drops the delegate's route where it sees a conflict: two
 * regular expressions, or a delegate's condition that is wider than the root's. So conditions that the root mentions too
 * are written into the delegate as narrow as both together, or not at all. Source: istio pilot/pkg/model/virtualservice.go.
 */
export function aimInDelegate(rootRoute: HttpRoute, leaves: readonly HttpRoute[], wide: Aim): DelegateAim {
  const blocks = (rootRoute.match ?? []).filter((block) => isForProxies(block, wide));
  const leafBlocks = leaves.flatMap((leaf) => leaf.match ?? []);
  const proxies = proxiesInDelegate(rootRoute.match ?? [], leafBlocks, wide);
  if (proxies.kind !== 'aim') return proxies;
  const { aim } = withoutOvertaking(proxies.aim, blocks);
  const shared = conditionsOf(aim.match).filter(([path]) => blocks.some((block) => read(block, path) !== undefined));
  const [root, ...more] = blocks;
  if (root === undefined || shared.length === 0) return { kind: 'aim', aim };
  const names = shared.map(([path]) => path.join(' ')).join(', ');
  if (more.length > 0) {
    return { kind: 'refuse', reason: `its root has several match blocks and mentions ${names} itself` };
  }
  const both = intersectRequests(root, aim.match);
  if (both.kind !== 'match') return { kind: both.kind === 'never' ? 'skip' : 'refuse', reason: both.reason };
  let match: HttpMatch = aim.match;
  for (const [path, condition] of shared) {
    const own = read(root, path);
    if (!isRegex(own) && !isRegex(condition)) match = write(match, path, read(both.match, path));
    else if (JSON.stringify(own) === JSON.stringify(condition)) match = write(match, path, undefined);
    else return { kind: 'refuse', reason: `Istio cannot join the regular expressions of root and fault on ${names}` };
  }
  return { kind: 'aim', aim: { ...aim, match } };
}

/**
 * Where a joined block names gateways Istio ignores its source conditions, so root and delegate must not have one each, and
 * the copy must not bring in the other.
 */
function proxiesInDelegate(roots: readonly MatchBlock[], leaves: readonly MatchBlock[], aim: Aim): DelegateAim {
  const gatewaysInRoot = roots.some(namesGateways);
  const sourcesInRoot = roots.some(namesSources);
  const mixed = (gatewaysInRoot && leaves.some(namesSources)) || (sourcesInRoot && leaves.some(namesGateways));
  const reason = 'root and fault or delegate name gateways and callers, and Istio does not join these';
  if (mixed || (gatewaysInRoot && aim.from !== undefined)) return { kind: 'refuse', reason };
  if (aim.otherBindings.length === 0 || !sourcesInRoot) return { kind: 'aim', aim };
  // Source conditions leave gateways out already, if every block has them.
  return roots.every(namesSources) ? { kind: 'aim', aim: { ...aim, otherBindings: [] } } : { kind: 'refuse', reason };
}

/** Under a root that does not take every request nothing in the delegate does. */
function withoutOvertaking(aim: Aim, roots: readonly MatchBlock[]): { readonly aim: Aim } {
  const takesAll = roots.length === 0 || roots.some(isCatchAll);
  return { aim: takesAll ? aim : { ...aim, laterRules: [] } };
}

function namesGateways({ gateways = [] }: MatchBlock): boolean {
  return gateways.length > 0;
}

function namesSources(block: MatchBlock): boolean {
  return !namesGateways(block) && (block.sourceLabels !== undefined || block.sourceNamespace !== undefined);
}

type Path = readonly [keyof HttpMatch] | readonly [keyof HttpMatch, string];

function conditionsOf(match: HttpMatch): (readonly [Path, unknown])[] {
  return Object.entries(match).flatMap(([field, value]): (readonly [Path, unknown])[] => {
    if (value === undefined || field === 'ignoreUriCase') return [];
    const name = field as keyof HttpMatch;
    if (name !== 'headers' && name !== 'queryParams' && name !== 'withoutHeaders') return [[[name], value]];
    return Object.entries(value as Readonly<Record<string, StringMatch>>).map(([key, one]) => [[name, key], one]);
  });
}

function read(block: MatchBlock | HttpMatch, [field, key]: Path): unknown {
  const value = block[field];
  if (key === undefined || typeof value !== 'object') return value;
  const found = Object.entries(value).find(([name]) =>
    field === 'queryParams' ? name === key : name.toLowerCase() === key.toLowerCase(),
  );
  return found?.[1];
}

function write(match: HttpMatch, [field, key]: Path, value: unknown): HttpMatch {
  if (key === undefined) return { ...match, [field]: value };
  const { [key]: _old, ...others } = (match[field] ?? {}) as Readonly<Record<string, unknown>>;
  return { ...match, [field]: value === undefined ? others : { ...others, [key]: value } };
}

function isRegex(condition: unknown): boolean {
  return typeof condition === 'object' && condition !== null && 'regex' in condition && condition.regex !== undefined;
}
