import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import type { ServiceName } from './host.ts';
import { namespaceOf } from './virtual-service.ts';

/** Controllers that would put a VirtualService back while the fault is in, from its own marks. */
export function checkOwner(object: KubernetesObject): readonly Finding[] {
  const where = describeObject(object);
  const { ownerReferences = [] } = object.metadata;
  if (ownerReferences.some((owner) => owner.kind === 'Canary')) {
    return [flaggerOwned(`${where} belongs to a Flagger Canary, which drops foreign faults.`, where)];
  }
  const owners = [...ownerReferences.map((owner) => `${owner.kind} ${owner.name}`), ...controllersOf(object)];
  if (owners.length === 0) return [];
  const message = `${where} is managed by ${owners.join(', ')}, which may put it back while the fault is in.`;
  const hint = 'A fault that ends early makes the run inconclusive; pause the controller if it does.';
  return [finding('OWNED', message, where, hint)];
}

/** Flagger writes the VirtualService of a Canary's service whenever it likes, also one that it has not made yet. */
export function checkCanaries(
  { name, namespace }: ServiceName,
  canaries: readonly KubernetesObject[] = [],
): readonly Finding[] {
  const own = canaries.filter((canary) => namespaceOf(canary) === namespace && serviceOf(canary) === name);
  return own.map((canary) => {
    const { phase = 'unknown' } = (canary['status'] ?? {}) as { readonly phase?: string };
    const where = describeObject(canary);
    return flaggerOwned(`${where} (phase ${phase}) rewrites the VirtualService of ${name}.`, where);
  });
}

function flaggerOwned(message: string, where: string): Finding {
  return finding('FLAGGER_OWNED', message, where, 'Pause the Canary, or fault a service that Flagger does not own.');
}

function serviceOf(canary: KubernetesObject): string | undefined {
  const { service, targetRef } = (canary['spec'] ?? {}) as Readonly<Record<string, { readonly name?: string }>>;
  return service?.name ?? targetRef?.name;
}

function controllersOf({ metadata: { labels = {}, annotations = {} } }: KubernetesObject): readonly string[] {
  const keys = [...Object.keys(labels), ...Object.keys(annotations)];
  const release = annotations['meta.helm.sh/release-name'];
  const manager = labels['app.kubernetes.io/managed-by'];
  const known = [
    ...(keys.some((key) => key.startsWith('argocd.argoproj.io/')) ? ['Argo CD (self-heal)'] : []),
    ...(keys.some((key) => key.includes('.toolkit.fluxcd.io/')) ? ['Flux'] : []),
    ...(release === undefined ? [] : [`Helm release ${release}`]),
  ];
  const others = manager === undefined || manager === 'holdfast' || (manager === 'Helm' && release !== undefined);
  return others ? known : [...known, manager];
}
