import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { ReadyCheck } from './scenarios/scenario.ts';
import { numberAt } from './api-server/json.ts';
import type { Store, StoredObject } from './store.ts';
import type { Deployment, Service } from './workloads/kinds.ts';

const DEADLINE_MS = 15_000;
/** For one answer; what hangs is asked again. */
const ANSWER_MS = 5_000;

/** Waits until every Deployment and DaemonSet is available and the ingress answers every check; gives the ingress' base URL. */
export async function untilReady(store: Store, checks: readonly ReadyCheck[]): Promise<string> {
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const port = ingressPort(store);
    const missing = [
      ...store.list('deployments.apps').filter((object) => !isAvailable(object as Deployment)),
      ...store.list('daemonsets.apps').filter((object) => !isEverywhere(object)),
    ];
    const ready = port !== undefined && missing.length === 0;
    if (ready && (await Promise.all(checks.map((check) => holds(port, check)))).every(Boolean)) {
      return `http://127.0.0.1:${port}`;
    }
    if (Date.now() > end) throw new Error(whatIsMissing(missing));
    await wait(5);
  }
}

function ingressPort(store: Store): number | undefined {
  const service = store.get('services', 'istio-system', 'istio-ingressgateway') as Service | undefined;
  return service?.spec.ports?.find(({ name }) => name === 'http2')?.nodePort;
}

function isAvailable({ spec, status }: Deployment): boolean {
  return (status?.availableReplicas ?? 0) >= (spec.replicas ?? 1);
}

function isEverywhere(daemonSet: StoredObject): boolean {
  const wanted = numberAt(daemonSet, ['status', 'desiredNumberScheduled'], -1);
  return numberAt(daemonSet, ['status', 'numberReady']) === wanted;
}

function whatIsMissing(workloads: readonly StoredObject[]): string {
  if (workloads.length === 0) return `the ingress did not answer as it should within ${DEADLINE_MS} ms`;
  const names = workloads.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return `not available within ${DEADLINE_MS} ms: ${names.join(', ')}`;
}

function holds(port: number, { path, headers, excludes }: ReadyCheck): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request({ host: '127.0.0.1', port, path, headers, agent: false }, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      incoming.on('close', () => resolve(incoming.complete && incoming.statusCode === 200 && !excludes.test(body)));
    });
    outgoing.setTimeout(ANSWER_MS, () => outgoing.destroy());
    outgoing.on('error', () => resolve(false));
    outgoing.end();
  });
}
