import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runCli } from '../../../src/cli/program.ts';
import type { Intervene, SeenRequest } from '../../../src/sandbox/api-server/intervention/intervene.ts';
import type { Misbehaviour } from '../../../src/sandbox/api-server/intervention/misbehaviour.ts';
import { startTestSandbox, type TestSandbox } from '../start-sandbox.ts';
import { testIo } from '../test-io.ts';
import { until } from '../until.ts';
import { clusterShape, type ClusterShape, differences, leasesOf } from './cluster-shape.ts';
import type { WalkKind } from './walk-kind.ts';

/** Which request of a run goes wrong: the n-th with this key, or from there on every one of this key, or every one. */
export interface WalkPoint {
  readonly key: string;
  readonly nth: number;
  readonly reach: 'once' | 'always' | 'down';
  readonly misbehaviour: Misbehaviour;
}

export interface Ended {
  readonly exitCode: number;
  readonly text: string;
}

/** What came of one run, and of the recovery after it where there was one. */
export interface WalkRun extends Ended {
  readonly verdict: string;
  readonly reasons: string;
  /** Keys of all requests, in order. */
  readonly requests: readonly string[];
  /** How many requests went wrong. */
  readonly hits: number;
  /** The fault really acted at some time. */
  readonly sawFault: boolean;
  /** What differs from before right after the run, and whether the fault still acts. */
  readonly left: readonly string[];
  readonly stillIn: boolean;
  readonly locks: number;
  readonly recovered?: Ended & { readonly left: readonly string[]; readonly stillIn: boolean; readonly locks: number };
  readonly tookMs: number;
}

/** A sandbox in which one run after the other is made. */
export interface WalkLane {
  run(point?: WalkPoint): Promise<WalkRun>;
  close(): Promise<void>;
}

const LIMIT_MS = 120_000;
/** Time for the rollback: for a write that is not answered in 10 s and another; and where nothing helps anyway. */
const ENOUGH_S = 20;
const SHORT_S = 4;

export async function openLane(kind: WalkKind): Promise<WalkLane> {
  let intervene: Intervene = () => undefined;
  const sandbox = await startTestSandbox({ intervene: (request) => intervene(request), propagationMs: 10 });
  kind.prepare(sandbox);
  const before = clusterShape(sandbox);
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-walk-'));
  return {
    async run(point) {
      const hook = misbehaveAt(point);
      let sawFault = false;
      const stop = kind.watch(sandbox, () => (sawFault = true));
      intervene = hook.intervene;
      const startedAt = performance.now();
      const budget = String(point === undefined || point.reach === 'once' ? ENOUGH_S : SHORT_S);
      const ended = await command(sandbox, ['run', kind.file, '--output', folder, '--rollback-timeout', budget]);
      const tookMs = performance.now() - startedAt;
      await hook.settled();
      intervene = () => undefined;
      const left = await leftOf(sandbox, before);
      const stillIn = kind.isIn(sandbox);
      stop();
      const { verdict, reasons } = await reportIn(folder);
      await rm(folder, { recursive: true, force: true });
      const seen = { ...ended, verdict, reasons, requests: hook.requests, hits: hook.hits(), sawFault, left, stillIn };
      const locks = leasesOf(sandbox).length;
      const recovered = left.length + locks === 0 && !stillIn ? undefined : await recover(sandbox, kind, before);
      return { ...seen, locks, tookMs, ...(recovered && { recovered }) };
    },
    async close() {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The name of a request that is the same in every run: without run identifiers and what is drawn for pods. */
export function keyOf({ verb, resource, subresource, namespace = '', name = '', path }: SeenRequest): string {
  const plain = (resource === '' ? path : `${namespace}/${name}`)
    .replace(/holdfast-(?:[a-z0-9]+-)*?\d{8}.*|holdfast-[a-z0-9]*\d[a-z0-9]*-.*/, 'OURS')
    .replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}(?=$|:)/, '-POD');
  const isOneOfMany = subresource === 'proxy' || resource.startsWith('selfsubject');
  return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`} ${isOneOfMany ? 'ANY' : plain}`;
}

function misbehaveAt(point: WalkPoint | undefined) {
  const counts = new Map<string, number>();
  const requests: string[] = [];
  const late = new Set<object>();
  let hits = 0;
  const isHit = (key: string, nth: number): boolean => {
    if (point === undefined) return false;
    if (point.reach === 'down' && hits > 0) return true;
    if (key !== point.key) return false;
    return point.reach === 'once' ? nth === point.nth : nth >= point.nth;
  };
  const intervene: Intervene = (request) => {
    if (!request.userAgent.startsWith('holdfast')) return undefined;
    const key = keyOf(request);
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    requests.push(key);
    if (point === undefined || !isHit(key, nth)) return undefined;
    hits += 1;
    const { misbehaviour } = point;
    if (misbehaviour.kind !== 'slow') return { misbehaviour };
    const token = {};
    late.add(token);
    return { misbehaviour, answered: () => void late.delete(token) };
  };
  return {
    intervene,
    requests,
    hits: () => hits,
    /** Everything that was held up has been handled. */
    settled: async () => until('late requests are handled', () => late.size === 0, 60_000),
  };
}

async function recover(sandbox: TestSandbox, kind: WalkKind, before: ClusterShape): Promise<WalkRun['recovered']> {
  endHolders(sandbox);
  const ended = await command(sandbox, ['recover']);
  const left = await leftOf(sandbox, before);
  return { ...ended, left, stillIn: kind.isIn(sandbox), locks: leasesOf(sandbox).length };
}

/** The runner of a real run has ended by now; here it lives in the test's own process. */
function endHolders(sandbox: TestSandbox): void {
  for (const lease of leasesOf(sandbox)) {
    const spec = lease['spec'] as { readonly holderIdentity: string };
    const holderIdentity = spec.holderIdentity.replace(/\/\d+\/\d*$/, '/999999999/1');
    sandbox.store.update('leases.coordination.k8s.io', { ...lease, spec: { ...spec, holderIdentity } });
  }
}

async function command(sandbox: TestSandbox, args: readonly string[]): Promise<Ended> {
  const io = testIo();
  const flags = ['--kubeconfig', sandbox.kubeconfigPath, '--context', sandbox.context];
  const end = new AbortController();
  const hung = wait(LIMIT_MS, 'hung', { signal: end.signal, ref: false }).catch(() => 'ended');
  const how = await Promise.race([runCli([...args, ...flags], io).then(() => 'ended'), hung]);
  end.abort();
  return { exitCode: how === 'hung' ? -1 : io.exitCode(), text: `${io.out()}${io.err()}` };
}

/** Pods that died are given the time to be replaced. */
async function leftOf(sandbox: TestSandbox, before: ClusterShape): Promise<readonly string[]> {
  const left = (): string[] => differences(before, clusterShape(sandbox));
  const others = (): string[] => left().filter((it) => !it.startsWith('pods of '));
  await until('pods are back', () => left().length === others().length, 10_000).catch(() => undefined);
  return left();
}

async function reportIn(folder: string): Promise<{ readonly verdict: string; readonly reasons: string }> {
  const text = await readFile(join(folder, 'report.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return { verdict: 'none', reasons: '' };
  const report = JSON.parse(text) as { experiments: { verdict: string; reasons: string[] }[] };
  const [first] = report.experiments;
  return { verdict: first?.verdict ?? 'none', reasons: first?.reasons.join('\n') ?? '' };
}
