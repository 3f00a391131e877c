import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { hasLabels } from '../pods.ts';
import { type Callers, listNames } from './callers.ts';
import { fqdn, type ServiceName } from './host.ts';
import { hasProxy } from './pods.ts';
import type { Survey } from './survey.ts';
import { namespaceOf } from './virtual-service.ts';

/** Where the whole mesh's defaults stand. Source: Istio, meshConfig.rootNamespace. */
const ROOT = 'istio-system';
const SERVICE_EXPORT = 'networking.istio.io/exportTo';

/** Whether the rule is delivered to the callers' proxies at all, and whether anything else cuts their calls off. */
export function checkReach(survey: Survey, callers: Callers): readonly Finding[] {
  return [
    ...(survey.question.gateway ? [] : checkServiceExport(survey, callers)),
    ...checkScope(survey, callers),
    ...checkMtls(survey, callers),
  ];
}

function checkServiceExport({ service }: Survey, { namespaces }: Callers): Finding[] {
  const text = service?.metadata.annotations?.[SERVICE_EXPORT];
  if (service === undefined || text === undefined) return [];
  const entries = text.split(',').map((entry) => entry.trim());
  const own = namespaceOf(service);
  const sees = (namespace: string): boolean =>
    entries.includes('*') || entries.includes(namespace) || (entries.includes('.') && namespace === own);
  if (namespaces.some(sees)) return [];
  const where = describeObject(service);
  const message = `${where} is exported to ${text} only, so proxies in ${namespaces.join(', ')} have no routes to it.`;
  return [finding('SERVICE_HIDDEN', message, where, `Widen its annotation ${SERVICE_EXPORT}.`)];
}

interface SidecarSpec {
  readonly workloadSelector?: { readonly labels?: Readonly<Record<string, string>> };
  readonly egress?: readonly { readonly hosts?: readonly string[] }[];
}

/** What a proxy is told about is decided by one Sidecar: that for its labels, its namespace's, or the mesh's. */
function checkScope({ question: { service }, sidecars = [] }: Survey, { meshed }: Callers): Finding[] {
  const out = meshed.flatMap((pod) => {
    const scope = scopeOf(pod, sidecars);
    return scope === undefined || covers(scope, service, namespaceOf(pod)) ? [] : [{ pod, scope }];
  });
  const [first] = out;
  if (first === undefined) return [];
  const where = describeObject(first.scope);
  const who = listNames(out.map(({ pod }) => pod));
  const message = `${where} keeps ${service.namespace}/${service.name} out of the proxies of ${who}: the rule is not delivered to them.`;
  const hint = `Add "${service.namespace}/${fqdn(service)}" to its egress hosts.`;
  return [finding(out.length === meshed.length ? 'OUT_OF_SCOPE' : 'SOME_OUT_OF_SCOPE', message, where, hint)];
}

function scopeOf(pod: KubernetesObject, sidecars: readonly KubernetesObject[]): KubernetesObject | undefined {
  const labelsOf = (sidecar: KubernetesObject) => sidecarSpec(sidecar).workloadSelector?.labels ?? {};
  const isDefault = (sidecar: KubernetesObject): boolean => Object.keys(labelsOf(sidecar)).length === 0;
  const own = sidecars.filter((sidecar) => namespaceOf(sidecar) === namespaceOf(pod));
  return (
    own.find((sidecar) => !isDefault(sidecar) && hasLabels(pod, labelsOf(sidecar))) ??
    own.find(isDefault) ??
    sidecars.find((sidecar) => namespaceOf(sidecar) === ROOT && isDefault(sidecar))
  );
}

function covers(sidecar: KubernetesObject, service: ServiceName, callerNamespace: string): boolean {
  const { egress } = sidecarSpec(sidecar);
  // Without egress listeners a proxy gets everything.
  if (egress === undefined || egress.length === 0) return true;
  return egress.some(({ hosts = [] }) => hosts.some((host) => names(host, service, callerNamespace)));
}

/** `namespace/dnsName`, where the namespace may be `*`, `.` or `~` (none), and the name may begin with a wildcard. */
function names(entry: string, service: ServiceName, callerNamespace: string): boolean {
  const [space = '', host = ''] = entry.split('/', 2);
  const inSpace =
    space === '*' || space === service.namespace || (space === '.' && callerNamespace === service.namespace);
  const full = fqdn(service);
  return inSpace && (host === '*' || host === full || (host.startsWith('*') && full.endsWith(host.slice(1))));
}

interface MtlsSpec {
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly mtls?: { readonly mode?: string };
}

/** Calls without a proxy to a pod that wants mutual TLS are reset, which people take for the fault. */
function checkMtls(survey: Survey, { candidates }: Callers): Finding[] {
  const { question, servicePods = [] } = survey;
  const bare = candidates.filter((pod) => !hasProxy(pod));
  if (question.gateway || bare.length === 0) return [];
  const selector = (survey.service?.['spec'] as { readonly selector?: Readonly<Record<string, string>> } | undefined)
    ?.selector;
  const targets = servicePods.filter((pod) => selector !== undefined && hasLabels(pod, selector) && hasProxy(pod));
  const policy = targets.map((pod) => policyOf(pod, survey)).find((it) => modeOf(it) === 'STRICT');
  if (policy === undefined) return [];
  const where = describeObject(policy);
  const message = `${where} demands mutual TLS of callers of ${question.service.name}: calls of ${listNames(bare)} are reset.`;
  return [finding('STRICT_MTLS', message, where, 'That reset is no fault of ours; give the callers sidecars.')];
}

/** The narrowest policy that says something: for the pod's labels, for its namespace, for the mesh. */
function policyOf(pod: KubernetesObject, { peerAuthentications = [] }: Survey): KubernetesObject | undefined {
  const saying = peerAuthentications.filter((policy) => !['UNSET', undefined].includes(modeOf(policy)));
  const labelsOf = (policy: KubernetesObject) => mtlsSpec(policy).selector?.matchLabels ?? {};
  const isWide = (policy: KubernetesObject): boolean => Object.keys(labelsOf(policy)).length === 0;
  const own = saying.filter((policy) => namespaceOf(policy) === namespaceOf(pod));
  return (
    own.find((policy) => !isWide(policy) && hasLabels(pod, labelsOf(policy))) ??
    own.find(isWide) ??
    saying.find((policy) => namespaceOf(policy) === ROOT && isWide(policy))
  );
}

function modeOf(policy: KubernetesObject | undefined): string | undefined {
  return policy && mtlsSpec(policy).mtls?.mode;
}

function mtlsSpec(policy: KubernetesObject): MtlsSpec {
  return policy['spec'] ?? {};
}

function sidecarSpec(sidecar: KubernetesObject): SidecarSpec {
  return sidecar['spec'] ?? {};
}
