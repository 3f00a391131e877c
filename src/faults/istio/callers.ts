import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { IstioFault } from '../../model/fault.ts';
import type { Finding } from '../../model/finding.ts';
import type { DriverContext } from '../driver.ts';
import { hasLabels, isRunning } from '../pods.ts';
import { finding } from './findings.ts';
import type { Named, Watch } from './handle.ts';
import { hasProxy, isAmbient, selectorOf } from './pods.ts';
import { ifAllowed, ISTIO_GROUP, listObjects, readObject } from './reading.ts';
import { namespaceOf, qualifiedGateways } from './virtual-service.ts';

/** The pods whose proxies will carry the fault. */
export interface Callers {
  readonly pods: readonly Named[];
  /** Where to look for them again. */
  readonly podsIn: Watch['podsIn'];
  readonly namespaces: readonly string[];
  readonly findings: readonly Finding[];
}

/** Pods that can call the service inside the mesh: those with the labels of `from`, else those of the namespace. */
export async function meshCallers(
  fault: IstioFault,
  namespace: string,
  service: KubernetesObject | undefined,
  context: DriverContext,
): Promise<Callers> {
  const { from } = fault.spec;
  const everywhere = from !== undefined && (await mayListPods(context));
  const selector = selectorOf(from ?? {});
  const podsIn = [{ namespace: everywhere ? null : namespace, selector }];
  const found = await listObjects(context, '', 'pods', {
    ...(!everywhere && { namespace }),
    ...(selector !== '' && { labelSelector: selector }),
  });
  const running = found.filter(isRunning);
  const own = (service?.['spec'] as { readonly selector?: Readonly<Record<string, string>> } | undefined)?.selector;
  const others = running.filter((pod) => own === undefined || !hasLabels(pod, own));
  // A service seldom calls itself; its own pods count only when they are asked for or there are no others.
  const candidates = from === undefined && others.length > 0 ? others : running;
  const meshed = candidates.filter(hasProxy);
  const namespaces = [...new Set((meshed.length > 0 ? meshed : candidates).map(namespaceOf))];
  return {
    pods: named(meshed),
    podsIn,
    namespaces: namespaces.length === 0 ? [namespace] : namespaces,
    findings: await meshFindings(fault, namespace, candidates, meshed, context),
  };
}

/** Pods of the gateways that these VirtualServices are bound to. */
export async function gatewayCallers(roots: readonly KubernetesObject[], context: DriverContext): Promise<Callers> {
  const gateways = await listObjects(context, ISTIO_GROUP, 'gateways');
  const bound = roots.flatMap(qualifiedGateways);
  const selectors = gateways
    .filter((gateway) => bound.includes(`${namespaceOf(gateway)}/${gateway.metadata.name}`))
    .map((gateway) => (gateway['spec'] as { selector?: Readonly<Record<string, string>> } | undefined)?.selector ?? {})
    .filter((selector) => Object.keys(selector).length > 0)
    .map(selectorOf);
  const podsIn = [...new Set(selectors)].map((selector) => ({ namespace: null, selector }));
  const lists = await Promise.all(
    podsIn.map(({ selector }) => listObjects(context, '', 'pods', { labelSelector: selector })),
  );
  const pods = named(lists.flat().filter((pod) => isRunning(pod) && hasProxy(pod)));
  const message = `No running pod belongs to ${bound.length === 0 ? 'a gateway' : `gateway ${bound.join(', ')}`}.`;
  return {
    pods,
    podsIn,
    namespaces: [...new Set(pods.map((pod) => pod.namespace))],
    findings: pods.length > 0 || roots.length === 0 ? [] : [finding('NO_CALLERS', message)],
  };
}

async function meshFindings(
  { spec }: IstioFault,
  namespace: string,
  candidates: readonly KubernetesObject[],
  meshed: readonly KubernetesObject[],
  context: DriverContext,
): Promise<readonly Finding[]> {
  const space = await ifAllowed(readObject(context, '', 'namespaces', { name: namespace }));
  const { 'istio-injection': injection, 'istio.io/rev': revision } = space?.metadata.labels ?? {};
  const conflict = injection !== undefined && revision !== undefined;
  const findings = conflict
    ? [
        finding(
          'INJECTION_CONFLICT',
          `Namespace ${namespace} has both istio-injection=${injection} and istio.io/rev=${revision}.`,
        ),
      ]
    : [];
  const who = spec.from === undefined ? `in namespace ${namespace}` : `with labels ${selectorOf(spec.from)}`;
  if (candidates.length === 0)
    return [...findings, finding('NO_CALLERS', `No running pod ${who} could call ${spec.service}.`)];
  const bare = candidates.filter((pod) => !hasProxy(pod));
  if (meshed.length > 0) {
    if (spec.from === undefined || bare.length === 0) return findings;
    const message = `${listNames(bare)} have no istio-proxy and will not see the fault.`;
    return [...findings, finding('SOME_UNMESHED', message)];
  }
  if (bare.some((pod) => isAmbient(pod, space))) {
    const message = `The pods ${who} are in ambient mode: the rule would act in the waypoint of ${spec.service}, or nowhere.`;
    return [
      ...findings,
      finding('AMBIENT', message, undefined, 'Holdfast faults callers that have sidecars, and gateways.'),
    ];
  }
  const label = `kubectl label namespace ${namespace} istio-injection=enabled`;
  const hint =
    injection === 'enabled' || revision !== undefined
      ? 'Restart the pods so that they get their sidecars.'
      : `${label}, then restart the pods.`;
  const message = `No pod ${who} has a sidecar (${listNames(bare)}), and an Istio fault acts in the caller's proxy.`;
  return [...findings, finding('NO_SIDECAR', message, undefined, hint)];
}

function mayListPods({ cluster, signal }: DriverContext): Promise<boolean> {
  return cluster.allowed({ verb: 'list', group: '', resource: 'pods' }, { signal });
}

function named(pods: readonly KubernetesObject[]): readonly Named[] {
  return pods.map((pod) => ({ namespace: namespaceOf(pod), name: pod.metadata.name }));
}

/** The first few names, and how many more. */
export function listNames(objects: readonly KubernetesObject[] | readonly Named[]): string {
  const names = objects.map((object) => ('metadata' in object ? object.metadata.name : object.name));
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}
