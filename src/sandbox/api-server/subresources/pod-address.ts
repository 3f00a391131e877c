import type { StoredObject } from '../../store.ts';
import { ApiError, badRequest } from '../api-error.ts';
import { listAt, numberAt, stringAt } from '../json.ts';
import type { Network } from '../../network.ts';

/** Where a pod's port really listens on loopback; 503 when nothing does, as when the kubelet's dial is refused. */
export function loopbackPortOf(network: Network, pod: StoredObject, port: number): number {
  const ip = stringAt(pod, ['status', 'podIP']);
  if (!ip) throw badRequest(`pod ${pod.metadata.name} does not have an IP address yet`);
  const found = network.lookup(ip, port);
  if (found !== undefined) return found;
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
