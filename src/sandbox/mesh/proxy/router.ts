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
  /** Decides the first host under consistent hashing. */
  readonly hashKey?: string;
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

/** What goes where, and how patiently. */
export interface Job {
  readonly request: UpstreamRequest;
  readonly cluster: UpstreamCluster;
  readonly policy: RouterPolicy;
}

/** The asking side: whether it is still there, and what is noted about its request. */
export interface Asker {
  readonly gone: AbortSignal;
  readonly flags: Set<ResponseFlag>;
}

/** Envoy's router: tries endpoints of a cluster until there is an answer, no try left, or no time left. */
export async function forward(job: Job, { gone, flags }: Asker, wires: Wires): Promise<Routed> {
  const deadline = createDeadline(job.policy.timeoutMs, gone);
  const routed = await tryEndpoints(job, deadline, flags, wires);
  if (routed.kind !== 'response') deadline.clear();
  return routed;
}

async function tryEndpoints(job: Job, deadline: Deadline, flags: Set<ResponseFlag>, wires: Wires): Promise<Routed> {
  const { cluster, policy } = job;
  const { retry } = policy;
  const tried: UpstreamHost[] = [];
  for (;;) {
    const host = cluster.pick(tried, wires.random, policy.hashKey);
    if (host === undefined) return { kind: 'reply', reply: LOCAL_REPLIES.noHealthyUpstream };
    tried.push(host);
    const sent = await tryOnce({ ...job, request: numbered(job, tried.length) }, host, deadline, wires);
    if (sent.kind === 'overflow') return { kind: 'reply', reply: LOCAL_REPLIES.overflow };
    if (sent.kind === 'aborted') return ended(deadline, cluster, host);
    const result = asResult(sent);
    cluster.report(host, statusOf(result));
    const retriable = retry !== undefined && covers(retry, result);
    if (retriable && tried.length <= retry.retries) {
      if (sent.kind === 'response') sent.response.resume();
      const pause = wires.random.next() * backoffLimitMs(retry, tried.length);
      if (await wait(pause, deadline.signal)) continue;
      return ended(deadline, cluster, host);
    }
    if (retriable) flags.add('URX');
    if (sent.kind === 'response') return { kind: 'response', response: sent.response, host, deadline };
    return { kind: 'reply', reply: replyTo(sent.kind, tried.length > 1), host };
  }
}

function numbered({ request, policy }: Job, attempt: number): UpstreamRequest {
  if (policy.keepAttemptCount) return request;
  return { ...request, headers: withHeader(request.headers, 'x-envoy-attempt-count', String(attempt)) };
}

type Tried = Sent | { readonly kind: 'per-try-timeout' } | { readonly kind: 'overflow' };

async function tryOnce(job: Job, host: UpstreamHost, deadline: Deadline, wires: Wires): Promise<Tried> {
  const { request, cluster, policy } = job;
  const turn = await cluster.breaker.enter(deadline.signal);
  if (typeof turn === 'string') return { kind: turn };
  host.state.active += 1;
  const patience = createDeadline(policy.retry?.perTryTimeoutMs, deadline.signal);
  const release = () => {
    patience.clear();
    host.state.active -= 1;
    turn();
  };
  const port = wires.lookup(host.endpoint.ip, host.endpoint.port);
  const sent: Sent =
    port === undefined
      ? { kind: 'refused' }
      : await send(request, { pod: host.endpoint, port, agent: wires.agentFor(cluster) }, patience.signal);
  if (sent.kind === 'response') {
    // An answer that has begun is no longer measured by the per-try time (Envoy's upstream_request.cc).
    patience.stopClock();
    sent.response.once('close', release);
    return sent;
  }
  release();
  return patience.ended === 'timeout' && deadline.ended === undefined ? { kind: 'per-try-timeout' } : sent;
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
