import type { ListOptions } from '../../cluster/cluster.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import { gatewayCandidates } from './governing.ts';
import type { ServiceName } from './host.ts';
import type { Watch } from './handle.ts';
import { selectorOf } from './pods.ts';
import { ifAllowed, ISTIO_GROUP, listObjects, readObject } from './reading.ts';
import { namespaceOf, qualifiedGateways } from './virtual-service.ts';

/** Whose calls to which service a survey is about. */
export interface Question {
  readonly service: ServiceName;
  /** Where the callers are, unless `from` finds them in other namespaces too. */
  readonly namespace: string;
  /** Labels of the calling pods. */
  readonly from?: Readonly<Record<string, string>>;
  /** The callers are the gateways that lead to the service. */
  readonly gateway: boolean;
}

type Objects = readonly KubernetesObject[];

/**
 * What was read of the mesh around one service at one moment; every check is a pure function of it. What is undefined was
 * not to be seen (no right, or not served), and nothing is said about it.
 */
export interface Survey {
  readonly question: Question;
  readonly virtualServices: Objects;
  readonly service: KubernetesObject | undefined;
  readonly endpointSlices: Objects;
  /** The pods that may be callers, running or not, and where they were looked for. */
  readonly callers: Objects;
  readonly podsIn: Watch['podsIn'];
  /** Pods of the service's namespace. */
  readonly servicePods: Objects | undefined;
  /** The namespaces of service and callers, as far as they could be read. */
  readonly namespaces: Objects;
  readonly destinationRules: Objects | undefined;
  readonly gateways: Objects | undefined;
  readonly sidecars: Objects | undefined;
  readonly peerAuthentications: Objects | undefined;
  readonly canaries: Objects | undefined;
  readonly istiod: Objects | undefined;
  readonly webhooks: Objects | undefined;
}

/** Reads it all at once. Throws where something may not be read without which nothing can be told. */
export async function readSurvey(question: Question, context: DriverContext): Promise<Survey> {
  const { service, namespace } = question;
  const slices = { namespace: service.namespace, labelSelector: `kubernetes.io/service-name=${service.name}` };
  const seen = (group: string, plural: string, options?: ListOptions) => ifSeen(context, group, plural, options);
  const virtualServices = listObjects(context, ISTIO_GROUP, 'virtualservices');
  const { found, ...rest } = await together({
    virtualServices,
    found: question.gateway ? gatewayPods(question, virtualServices, context) : callingPods(question, context),
    service: readObject(context, '', 'services', service),
    endpointSlices: listObjects(context, 'discovery.k8s.io', 'endpointslices', slices),
    servicePods: seen('', 'pods', { namespace: service.namespace }),
    namespaces: readNamespaces([namespace, service.namespace], context),
    destinationRules: seen(ISTIO_GROUP, 'destinationrules'),
    gateways: seen(ISTIO_GROUP, 'gateways'),
    sidecars: seen(ISTIO_GROUP, 'sidecars'),
    peerAuthentications: seen('security.istio.io', 'peerauthentications'),
    canaries: seen('flagger.app', 'canaries'),
    istiod: seen('', 'pods', { labelSelector: 'app=istiod' }),
    webhooks: seen('admissionregistration.k8s.io', 'validatingwebhookconfigurations'),
  });
  return { question, ...found, ...rest };
}

/** All objects of a kind; undefined where it is not served or may not be read. */
export async function ifSeen(
  context: DriverContext,
  group: string,
  plural: string,
  options: ListOptions = {},
): Promise<Objects | undefined> {
  const { cluster, signal } = context;
  const resource = await cluster.resource(group, plural, { signal });
  return resource && ifAllowed(cluster.list(resource, { ...options, signal }));
}

/** Pods inside the mesh: those with the labels of `from`, wherever the identity may look, else those of the namespace. */
async function callingPods({ namespace, from }: Question, context: DriverContext): Promise<FoundPods> {
  const everywhere = from !== undefined && (await mayListPods(context));
  const selector = selectorOf(from ?? {});
  const callers = await listObjects(context, '', 'pods', {
    ...(!everywhere && { namespace }),
    ...(selector !== '' && { labelSelector: selector }),
  });
  return { callers, podsIn: [{ namespace: everywhere ? null : namespace, selector }] };
}

/** Pods of the gateways to which VirtualServices are bound that lead to the service. */
async function gatewayPods(
  { service }: Question,
  virtualServices: Promise<Objects>,
  context: DriverContext,
): Promise<FoundPods> {
  const [all, gateways] = await Promise.all([virtualServices, listObjects(context, ISTIO_GROUP, 'gateways')]);
  const bound = gatewayCandidates(all, service).flatMap(qualifiedGateways);
  const selectors = gateways
    .filter((gateway) => bound.includes(`${namespaceOf(gateway)}/${gateway.metadata.name}`))
    .map((gateway) => (gateway['spec'] as { selector?: Readonly<Record<string, string>> } | undefined)?.selector ?? {})
    .filter((selector) => Object.keys(selector).length > 0)
    .map(selectorOf);
  const podsIn = [...new Set(selectors)].map((selector) => ({ namespace: null, selector }));
  const lists = await Promise.all(
    podsIn.map(({ selector }) => listObjects(context, '', 'pods', { labelSelector: selector })),
  );
  return { callers: lists.flat(), podsIn };
}

type FoundPods = Pick<Survey, 'callers' | 'podsIn'>;

async function readNamespaces(names: readonly string[], context: DriverContext): Promise<Objects> {
  const read = [...new Set(names)].map((name) => ifAllowed(readObject(context, '', 'namespaces', { name })));
  return (await Promise.all(read)).filter((it) => it !== undefined);
}

function mayListPods({ cluster, signal }: DriverContext): Promise<boolean> {
  return cluster.allowed({ verb: 'list', group: '', resource: 'pods' }, { signal });
}

async function together<Parts extends Readonly<Record<string, Promise<unknown>>>>(
  parts: Parts,
): Promise<{ readonly [Part in keyof Parts]: Awaited<Parts[Part]> }> {
  const names = Object.keys(parts);
  const values = await Promise.all(Object.values(parts));
  return Object.fromEntries(names.map((name, index) => [name, values[index]])) as {
    [Part in keyof Parts]: Awaited<Parts[Part]>;
  };
}
