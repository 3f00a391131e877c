import type { Cluster } from '../cluster/cluster.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import { RUN_LABEL, SETUP_ID, SETUP_LABEL, UNDO_ANNOTATION } from './marks.ts';

/** How kubectl names a kind without mistaking it for another of that name: `gateways.networking.istio.io`. */
interface KubectlKind {
  readonly group: string;
  readonly plural: string;
}

type Where = Pick<KubernetesObject, 'metadata'>;

const LABEL = `.metadata.labels["${RUN_LABEL}"]`;
const SETUP = `.metadata.labels["${SETUP_LABEL}"]`;
const RECORDS = `.metadata.annotations["${UNDO_ANNOTATION}"]`;

/** Without Holdfast: deletes an object that a run created. */
export function deleteByHand({ kubectl }: Pick<Cluster, 'kubectl'>, kind: KubectlKind, object: Where): string {
  return `${kubectl}${scope(object)} delete --ignore-not-found ${typeOf(kind)} ${object.metadata.name}`;
}

/**
 * Without Holdfast: takes the HTTP routes of a run and the marks of its faults out of an object (needs jq); what its setup
 * needs stays. `renamed` are routes of ours under other names.
 */
export function takeOutByHand(
  cluster: Pick<Cluster, 'kubectl'>,
  kind: KubectlKind,
  object: Where,
  run: string,
  renamed: readonly unknown[] = [],
): string {
  const isNamed = `((.name // "") | startswith("holdfast-${run}-"))`;
  const isOurs = [isNamed, ...renamed.map((route) => `. == ${JSON.stringify(route)}`)].join(' or ');
  return editByHand(cluster, kind, object, [
    `del(.spec.http[] | select(${isOurs}))`,
    `((${RECORDS} // "[]") | try (fromjson | map(select(.id == "${SETUP_ID}"))) catch []) as $setup`,
    `if $setup == [] then del(${LABEL}, ${RECORDS}) else ${RECORDS} = ($setup | tojson) end`,
  ]);
}

/** Without Holdfast: puts back what a setup replaced, as it was (needs jq); what others changed there since is lost. */
export function restoreByHand(cluster: Pick<Cluster, 'kubectl'>, kind: KubectlKind, object: Where): string {
  const values = (field: string): string =>
    `reduce ($r.${field} | to_entries[]) as $e (.; if $e.value == null` +
    ` then del(.metadata.${field}[$e.key]) else .metadata.${field}[$e.key] = $e.value end)`;
  return editByHand(cluster, kind, object, [
    `(${RECORDS} | fromjson | map(select(.id == "${SETUP_ID}"))[0]) as $r`,
    `delpaths([$r.applied | keys[] | [.]]) + $r.original`,
    values('labels'),
    values('annotations'),
    `del(${LABEL}, ${SETUP}, ${RECORDS})`,
  ]);
}

/** Where nobody but a person can tell what to do: what our record says. */
export function lookByHand({ kubectl }: Pick<Cluster, 'kubectl'>, kind: KubectlKind, object: Where): string {
  const path = `{.metadata.annotations.${UNDO_ANNOTATION.replaceAll('.', String.raw`\.`)}}`;
  return `${kubectl}${scope(object)} get ${typeOf(kind)} ${object.metadata.name} -o jsonpath='${path}'`;
}

function editByHand(
  { kubectl }: Pick<Cluster, 'kubectl'>,
  kind: KubectlKind,
  object: Where,
  filters: readonly string[],
): string {
  const at = `${kubectl}${scope(object)}`;
  const filter = filters.join(' | ').replaceAll("'", String.raw`'\''`);
  return `${at} get ${typeOf(kind)} ${object.metadata.name} -o json | jq '${filter}' | ${at} replace -f -`;
}

function scope({ metadata: { namespace } }: Where): string {
  return namespace === undefined ? '' : ` -n ${namespace}`;
}

function typeOf({ group, plural }: KubectlKind): string {
  return group === '' ? plural : `${plural}.${group}`;
}
