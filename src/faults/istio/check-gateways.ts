import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { gatewayCandidates } from './governing.ts';
import { fqdn, serviceOfHost } from './host.ts';
import type { Survey } from './survey.ts';
import { namespaceOf, qualifiedGateways, specOf } from './virtual-service.ts';

/** For a fault at the gateways: whether these serve its rules. For one inside the mesh: whom it leaves out. */
export function checkGateways(survey: Survey): readonly Finding[] {
  const { question, virtualServices } = survey;
  const roots = gatewayCandidates(virtualServices, question.service);
  if (question.gateway) return roots.flatMap((root) => checkBinding(root, survey));
  if (roots.length === 0) return [];
  const rules = roots.map((root) => describeObject(root)).join(', ');
  const message = `Gateways lead requests to ${question.service.name} too (${rules}); a fault inside the mesh does not touch these.`;
  return [finding('GATEWAY_UNTOUCHED', message, rules, 'Say `gateway: true` to fault what comes through the gateway.')];
}

function checkBinding(root: KubernetesObject, { gateways }: Survey): Finding[] {
  if (gateways === undefined) return [];
  const where = describeObject(root);
  return qualifiedGateways(root).flatMap((name) => {
    const gateway = gateways.find((it) => `${namespaceOf(it)}/${it.metadata.name}` === name);
    if (gateway === undefined) {
      return [finding('GATEWAY_MISSING', `${where} is bound to Gateway ${name}, which does not exist.`, where)];
    }
    if (servesAny(gateway, root)) return [];
    const message = `Gateway ${name} serves none of the hosts of ${where} (${(specOf(root).hosts ?? []).join(', ')}).`;
    return [finding('HOST_NOT_IN_GATEWAY', message, where, 'Requests for these hosts get 404 from the gateway.')];
  });
}

function servesAny(gateway: KubernetesObject, root: KubernetesObject): boolean {
  const { servers = [] } = (gateway['spec'] ?? {}) as { readonly servers?: readonly { readonly hosts?: string[] }[] };
  const wanted = (specOf(root).hosts ?? []).map((host) => {
    const service = serviceOfHost(host, namespaceOf(root));
    return service === undefined ? host : fqdn(service);
  });
  return servers
    .flatMap(({ hosts = [] }) => hosts)
    .some((entry) => {
      const [space, pattern] = entry.includes('/') ? (entry.split('/', 2) as [string, string]) : ['*', entry];
      const namespace = space === '.' ? namespaceOf(gateway) : space;
      if (namespace !== '*' && namespace !== namespaceOf(root)) return false;
      return wanted.some((host) => overlap(pattern, host));
    });
}

/** Whether some host is meant by both; each may begin with a wildcard. */
function overlap(a: string, b: string): boolean {
  const takes = (pattern: string, host: string): boolean =>
    pattern === host || (pattern.startsWith('*') && host.endsWith(pattern.slice(1)));
  return takes(a, b) || takes(b, a);
}
