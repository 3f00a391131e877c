import type { Agent, IncomingMessage } from 'node:http';
import type { RetryPolicy } from '../config/route-table.ts';
import type { Random } from '../random.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { withHeader } from './headers.ts';
import { LOCAL_REPLIES, resetReply, type LocalReply } from './local-reply.ts';
import { backoffLimitMs, covers, type TryResult } from './retry-decision.ts';
import type { ResponseFlag } from './response-flags.ts';
import type { UpstreamCluster, UpstreamHost } from './upstream-cluster.ts';
import { send, type Sent, type UpstreamRequest } from './upstream-request.ts';
import { wait } from './wait.ts';

/** What a proxy needs to reach upstreams. */
export interface Wires {
  readonly agentFor: (cluster: UpstreamCluster) => Agent;
  /** Loopback port behind an endpoint; undefined when nothing listens there. */
  readonly lookup: (ip: string, port: number) => number | undefined;
  readonly random: Random;
}

export interface RouterPolicy {
  readonly timeoutMs?: number;
  readonly retry?: RetryPolicy;
  /** Leaves `x-envoy-attempt-count` as the caller's proxy wrote it. */
  readonly keepAttemptCount?: true;
}

export type Routed =
  | { readonly kind: 'reply'; readonly reply: LocalReply; readonly host?: UpstreamHost }
  | {
      readonly kind: 'response';
      readonly response: IncomingMessage;
      readonly host: UpstreamHost;
      readonly deadline: Deadline;
    }
  | { readonly kind: 'gone' };

/** Envoy's router: tries endpoints of a cluster until there is an answer, no try left, or no time left. */
export async function forward(
  request: UpstreamRequest,
  cluster: UpstreamCluster,
  policy: RouterPolicy,
  gone: AbortSignal,
  flags: Set<ResponseFlag>,
  wires: Wires,
): Promise<Routed> {
  const deadline = createDeadline(policy.timeoutMs, gone);
  const routed = await tryEndpoints(request, cluster, policy, deadline, flags, wires);
  if (routed.kind === 'response') return routed;
  deadline.clear();
  return routed;
}

async function tryEndpoints(
  request: UpstreamRequest,
  cluster: UpstreamCluster,
  { retry: policy, keepAttemptCount }: RouterPolicy,
  deadline: Deadline,
  flags: Set<ResponseFlag>,
  wires: Wires,
): Promise<Routed> {
  const tried: UpstreamHost[] = [];
  for (;;) {
    const host = cluster.pick(tried, wires.random);
    if (host === undefined) return { kind: 'reply', reply: LOCAL_REPLIES.noHealthyUpstream };
    tried.push(host);
    const count = String(tried.length);
    const headers = keepAttemptCount ? request.headers : withHeader(request.headers, 'x-envoy-attempt-count', count);
    const sent = await tryOnce({ ...request, headers }, cluster, host, policy, deadline, wires);
    if (sent.kind === 'overflow') return { kind: 'reply', reply: LOCAL_REPLIES.overflow };
    if (sent.kind === 'aborted') return ended(deadline, cluster, host);
    const result = asResult(sent);
    cluster.report(host, statusOf(result));
    if (policy && covers(policy, result)) {
      if (tried.length <= policy.retries) {
        if (sent.kind === 'response') sent.response.resume();
        const pause = wires.random.next() * backoffLimitMs(policy, tried.length);
        if (await wait(pause, deadline.signal)) continue;
        return ended(deadline, cluster, host);
      }
      flags.add('URX');
    }
    if (sent.kind === 'response') return { kind: 'response', response: sent.response, host, deadline };
    return { kind: 'reply', reply: replyTo(sent.kind, tried.length > 1), host };
  }
}

type Tried = Sent | { readonly kind: 'per-try-timeout' } | { readonly kind: 'overflow' };

async function tryOnce(
  request: UpstreamRequest,
  cluster: UpstreamCluster,
  host: UpstreamHost,
  policy: RetryPolicy | undefined,
  deadline: Deadline,
  wires: Wires,
): Promise<Tried> {
  const turn = await cluster.breaker.enter(deadline.signal);
  if (typeof turn === 'string') return { kind: turn };
  host.state.active += 1;
  const release = () => {
    host.state.active -= 1;
    turn();
  };
  const port = wires.lookup(host.endpoint.ip, host.endpoint.port);
  const patience = createDeadline(policy?.perTryTimeoutMs, deadline.signal);
  const sent: Sent =
    port === undefined ? { kind: 'refused' } : await send(request, port, wires.agentFor(cluster), patience.signal);
  if (sent.kind !== 'response') {
    patience.clear();
    release();
    return patience.ended === 'timeout' && deadline.ended === undefined ? { kind: 'per-try-timeout' } : sent;
  }
  // The per-try time covers the whole answer too; the turn is given back when the answer is over, however it ends.
  sent.response.once('close', () => {
    patience.clear();
    release();
  });
  return sent;
}

function ended(deadline: Deadline, cluster: UpstreamCluster, host: UpstreamHost): Routed {
  if (deadline.ended !== 'timeout') return { kind: 'gone' };
  cluster.report(host, 504);
  return { kind: 'reply', reply: LOCAL_REPLIES.timeout, host };
}

function asResult(sent: Exclude<Tried, { kind: 'aborted' } | { kind: 'overflow' }>): TryResult {
  if (sent.kind !== 'response') return { kind: sent.kind };
  const { statusCode = 502, headers } = sent.response;
  const grpcStatus = headers['grpc-status'];
  return { kind: 'response', status: statusCode, ...(typeof grpcStatus === 'string' ? { grpcStatus } : {}) };
}

function statusOf(result: TryResult): number {
  if (result.kind === 'response') return result.status;
  return result.kind === 'per-try-timeout' ? 504 : 503;
}

function replyTo(kind: 'refused' | 'closed' | 'per-try-timeout', retried: boolean): LocalReply {
  return kind === 'per-try-timeout' ? LOCAL_REPLIES.perTryTimeout : resetReply(kind, retried);
}
