import type { StoredObject } from '../../store.ts';
import { ApiError, badRequest } from '../api-error.ts';
import { listAt, numberAt, stringAt } from '../json.ts';
import type { Address, Network } from '../../network.ts';

/** The address of a pod's port and where it really listens on loopback; 503 when nothing does, as when a dial is refused. */
export function listenerOf(network: Network, pod: StoredObject, port: number): Address & { readonly loopback: number } {
  const ip = stringAt(pod, ['status', 'podIP']);
  if (!ip) throw badRequest(`pod ${pod.metadata.name} does not have an IP address yet`);
  const loopback = network.lookup(ip, port);
  if (loopback !== undefined) return { ip, port, loopback };
  throw unreachable(`dial tcp ${ip}:${port}: connect: connection refused`);
}

/** 503 with the reason of a failed dial. */
export function unreachable(why: string): ApiError {
  return new ApiError(503, 'ServiceUnavailable', `error trying to reach service: ${why}`, {});
}

/** The port a proxy path means: the one named or numbered in it, else the pod's first. */
export function portOf(pod: StoredObject, wanted: string | undefined): number {
  if (wanted && /^\d+$/.test(wanted)) return Number(wanted);
  const ports = listAt(pod, 'spec', 'containers').flatMap((container) => listAt(container, 'ports'));
  const found = wanted ? ports.find((port) => port['name'] === wanted) : ports[0];
  if (found || !wanted) return numberAt(found, ['containerPort'], 80);
  throw new ApiError(503, 'ServiceUnavailable', `no port named "${wanted}" on pod ${pod.metadata.name}`, {});
}
