import type { CallOptions, HttpAnswer, ObjectKey } from './cluster.ts';
import { read, type Caller } from './http/call.ts';
import type { ApiAnswer } from './http/connection.ts';
import { parseStatus } from './http/status-failure.ts';

/**
 * GET through the API server's pod proxy. Whatever the pod answers is an answer; what the API server itself has to say
 * (no such pod, forbidden, pod unreachable) comes as a Status and is an error.
 */
export async function podProxyGet(
  caller: Caller,
  pod: Required<ObjectKey>,
  port: number,
  path: string,
  options: CallOptions,
): Promise<HttpAnswer> {
  const below = path.startsWith('/') ? path : `/${path}`;
  const namespace = encodeURIComponent(pod.namespace);
  const request = {
    method: 'GET' as const,
    path: `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod.name)}:${port}/proxy${below}`,
    accept: '*/*',
  };
  const fromPod = (answer: ApiAnswer): boolean => answer.status !== 401 && parseStatus(answer) === undefined;
  const what = `Pod ${pod.namespace}/${pod.name}, port ${port}, ${below}`;
  const { status, body } = await read(caller, request, { ...options, what, accepts: fromPod });
  return { status, body };
}
