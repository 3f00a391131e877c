import type { MatchBlock, StringMatch } from './objects.ts';

type Conditions = Readonly<Record<string, StringMatch>> | undefined;

/** One block that asks for what both ask; undefined when Istio takes them as contradicting each other. */
export function mergeBlocks(root: MatchBlock, leaf: MatchBlock): MatchBlock | undefined {
  const contradicting =
    contradicts(root.uri, leaf.uri) ||
    contradicts(root.scheme, leaf.scheme) ||
    contradicts(root.method, leaf.method) ||
    contradicts(root.authority, leaf.authority) ||
    anyContradicts(root.headers, leaf.headers) ||
    anyContradicts(root.withoutHeaders, leaf.withoutHeaders) ||
    anyContradicts(root.queryParams, leaf.queryParams) ||
    differ(root.port, leaf.port) ||
    differ(root.sourceNamespace, leaf.sourceNamespace) ||
    Object.entries(root.sourceLabels ?? {}).some(([key, value]) => differ(value, leaf.sourceLabels?.[key])) ||
    !withinGateways(root.gateways ?? [], leaf.gateways ?? []);
  if (contradicting) return undefined;
  return {
    ...root,
    ...leaf,
    ...union('headers', root.headers, leaf.headers),
    ...absences(root.withoutHeaders, leaf.withoutHeaders),
    ...union('queryParams', root.queryParams, leaf.queryParams),
    ...(root.sourceLabels || leaf.sourceLabels ? { sourceLabels: { ...root.sourceLabels, ...leaf.sourceLabels } } : {}),
    ...(leaf.gateways?.length ? { gateways: leaf.gateways } : root.gateways ? { gateways: root.gateways } : {}),
    ignoreUriCase: (leaf.uri === undefined ? root : leaf).ignoreUriCase ?? false,
  };
}

/** The leaf's condition stands for both when it is at least as narrow; regular expressions are never compared. */
function contradicts(root: StringMatch | undefined, leaf: StringMatch | undefined): boolean {
  if (isEmpty(root) || isEmpty(leaf)) return false;
  if (root.exact !== undefined) return leaf.exact !== root.exact;
  const narrower = leaf.exact ?? leaf.prefix;
  return root.prefix === undefined || narrower === undefined || !narrower.startsWith(root.prefix);
}

function isEmpty(match: StringMatch | undefined): match is undefined {
  return match === undefined || Object.keys(match).length === 0;
}

function anyContradicts(root: Conditions, leaf: Conditions): boolean {
  return Object.entries(root ?? {}).some(([name, match]) => contradicts(match, leaf?.[name]));
}

/** The leaf's condition where both have one, unless it only asks for presence. */
function union(field: string, root: Conditions, leaf: Conditions): Record<string, Conditions> {
  if (root === undefined && leaf === undefined) return {};
  const merged: Record<string, StringMatch> = { ...root };
  for (const [name, match] of Object.entries(leaf ?? {})) {
    if (merged[name] === undefined || !isEmpty(match)) merged[name] = match;
  }
  return { [field]: merged };
}

/** Of two values to be absent the wider one, which is the root's, unless the leaf asks for no header at all. */
function absences(root: Conditions, leaf: Conditions): Pick<MatchBlock, 'withoutHeaders'> {
  if (root === undefined && leaf === undefined) return {};
  const merged: Record<string, StringMatch> = { ...leaf };
  for (const [name, match] of Object.entries(root ?? {})) {
    const other = merged[name];
    if (other === undefined || !isEmpty(other)) merged[name] = match;
  }
  return { withoutHeaders: merged };
}

function differ<T>(one: T | undefined, other: T | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function withinGateways(root: readonly string[], leaf: readonly string[]): boolean {
  return root.length === 0 || leaf.every((gateway) => root.includes(gateway));
}
