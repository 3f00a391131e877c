import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { discoverIngress } from '../../cluster/discover-ingress.ts';
import type { Ingress } from '../../cluster/ingress.ts';
import { urlOf } from '../../engine/prepare.ts';
import type { DriverContext } from '../../faults/driver.ts';
import { ISTIO_GROUP, listObjects } from '../../faults/istio/reading.ts';
import { HoldfastError } from '../../model/errors.ts';
import { finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { type Check, look, notLookedAt, ofFinding, ok } from './check.ts';

const ANSWER_MS = 3_000;
const MOST = 5;

/** Whether requests from here get into the mesh, through each Gateway. */
export async function checkIngress(context: DriverContext): Promise<readonly Check[]> {
  return look('ingress', async () => {
    const { cluster, signal } = context;
    if ((await cluster.resource(ISTIO_GROUP, 'gateways', { signal })) === undefined) {
      return [notLookedAt('ingress', 'No Gateways of Istio are served.')];
    }
    const gateways = await listObjects(context, ISTIO_GROUP, 'gateways');
    if (gateways.length === 0) {
      const hint = 'Experiments have to say `ingress.url`.';
      return [ofFinding('ingress', finding('NO_GATEWAY', 'There is no Gateway in any namespace.', undefined, hint))];
    }
    const looked = gateways.slice(0, MOST).map((gateway) => checkGateway(gateway, context));
    const rest = gateways.length - MOST;
    const more = rest > 0 ? [notLookedAt('ingress', `${rest} more Gateways; the first ${MOST} were looked at.`)] : [];
    return [...(await Promise.all(looked)).flat(), ...more];
  });
}

async function checkGateway({ metadata }: KubernetesObject, context: DriverContext): Promise<readonly Check[]> {
  const { namespace = 'default', name } = metadata;
  const what = `ingress ${namespace}/${name}`;
  return look(what, async () => {
    try {
      const ingress = await discoverIngress({ ...context, ingress: { gateway: `${namespace}/${name}` }, namespace });
      try {
        return [await knock(what, ingress, context.signal)];
      } finally {
        await ingress.close?.();
      }
    } catch (error) {
      if (!(error instanceof HoldfastError) || !error.code.startsWith('INGRESS_')) throw error;
      const { message, hint } = error.details;
      return [ofFinding(what, finding('INGRESS_DOWN', message, `Gateway ${namespace}/${name}`, hint))];
    }
  });
}

/** Any answer will do: 404 is what a gateway says where it has no route. */
async function knock(what: string, ingress: Ingress, signal: AbortSignal): Promise<Check> {
  const at = `${urlOf(ingress)} (Host ${ingress.host}), ${ingress.how}`;
  try {
    const status = await head(ingress, signal);
    return ok(what, `HEAD / is answered with ${status} at ${at}.`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const hint = 'See whether the gateway pods are ready and the server of the Gateway speaks HTTP.';
    return ofFinding(what, finding('INGRESS_DOWN', `HEAD / is not answered at ${at}: ${why}.`, undefined, hint));
  }
}

function head({ scheme, address, port, host }: Ingress, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      host: address,
      port,
      method: 'HEAD',
      path: '/',
      headers: { host },
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    };
    // Whom the certificate is for matters to the probes, which check it; here only that somebody answers.
    const sent =
      scheme === 'http'
        ? httpRequest(options)
        : httpsRequest({ ...options, servername: host.replace(/:\d+$/, ''), rejectUnauthorized: false });
    sent.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', reject);
    sent.end();
  });
}
