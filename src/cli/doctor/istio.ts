import type { DriverContext } from '../../faults/driver.ts';
import { checkControlPlane } from '../../faults/istio/check-control-plane.ts';
import { ISTIO_GROUP } from '../../faults/istio/reading.ts';
import { ifSeen } from '../../faults/istio/survey.ts';
import { finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { isReady } from '../../faults/pods.ts';
import { type Check, look, notLookedAt, ofFinding, ok } from './check.ts';

/** Whether Istio is there, in which version, and whether its control plane is at work. */
export async function checkIstio(context: DriverContext): Promise<readonly Check[]> {
  return look('Istio', async () => {
    const { cluster, signal } = context;
    const rules = await cluster.resource(ISTIO_GROUP, 'virtualservices', { signal });
    if (rules === undefined) {
      const message = `${cluster.context} serves no VirtualServices: there can be no delays and aborts, and no ingress is found.`;
      const hint = 'Install Istio. podKill and ChaosBlade work without it where the file says `ingress.url`.';
      return [ofFinding('Istio', finding('ISTIO_MISSING', message, undefined, hint))];
    }
    const [istiod, webhooks] = await Promise.all([
      ifSeen(context, '', 'pods', { labelSelector: 'app=istiod' }),
      ifSeen(context, 'admissionregistration.k8s.io', 'validatingwebhookconfigurations'),
    ]);
    return [
      ok('Istio', `${versionOf(istiod ?? [])}; VirtualServices are served as ${rules.version}.`),
      ...about(
        'control plane',
        istiod,
        checkControlPlane({ istiod, webhooks: undefined }),
        'list pods',
        readyOf(istiod),
      ),
      ...about(
        'validation',
        webhooks,
        checkControlPlane({ istiod: undefined, webhooks }),
        'list validatingwebhookconfigurations',
        "A webhook looks at every write of Istio's objects.",
      ),
    ];
  });
}

function about(
  what: string,
  seen: readonly KubernetesObject[] | undefined,
  findings: ReturnType<typeof checkControlPlane>,
  right: string,
  fine: string,
): readonly Check[] {
  if (seen === undefined) return [notLookedAt(what, `This identity may not ${right}, or nobody serves them.`)];
  return findings.length === 0 ? [ok(what, fine)] : findings.map((it) => ofFinding(what, it));
}

function readyOf(pods: readonly KubernetesObject[] = []): string {
  return `${pods.filter(isReady).length} of ${pods.length} istiod pods are ready.`;
}

/** Told by the image of istiod, `docker.io/istio/pilot:1.24.2-distroless`. */
function versionOf(istiod: readonly KubernetesObject[]): string {
  const images = istiod.flatMap(
    ({ spec }) =>
      ((spec ?? {}) as { readonly containers?: readonly { readonly image?: string }[] }).containers?.map(
        ({ image = '' }) => image,
      ) ?? [],
  );
  const versions = images.flatMap((image) => /:(\d+\.\d+(?:\.\d+)?)/.exec(image)?.[1] ?? []);
  const all = [...new Set(versions)];
  return all.length === 0
    ? 'The version of Istio could not be told from the image of istiod'
    : `Istio ${all.join(' and ')}`;
}
