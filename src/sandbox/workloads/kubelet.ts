import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { Network } from '../network.ts';
import type { Store } from '../store.ts';
import { findApp } from '../apps/registry.ts';
import type { Pod } from './kinds.ts';
import { chooseNode } from './node-list.ts';
import type { PodAddresses } from './pod-addresses.ts';
import { applications, startPodInstance } from './pod-instance.ts';
import type { PodEnvironment, PodInstance } from './pod-instance.ts';
import { podStatus } from './pod-status.ts';
import type { PodStage } from './pod-status.ts';
import { withSidecar } from './sidecar-injector.ts';
import { reportDefect } from './work-queue.ts';

export interface KubeletOptions {
  readonly store: Store;
  readonly network: Network;
  readonly addresses: PodAddresses;
  readonly environment: PodEnvironment;
  /** From a pod being scheduled to its containers answering, milliseconds; asked for each pod. */
  readonly startUpMs: () => number;
}

const POD_DEFAULTS = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  serviceAccountName: 'default',
};

/** One pod's life on its node. */
interface Life {
  readonly gone: AbortController;
  readonly ownsAddress: boolean;
  ip?: string;
  instance?: PodInstance;
  terminating?: boolean;
}

/** Places pods on nodes and runs them: starts what was created, drains what is being deleted, cuts off what is gone. */
export function startKubelet(options: KubeletOptions): { close(): Promise<void> } {
  const lives = new Map<string, Life>();
  const ending = new Set<Promise<void>>();

  function end(uid: string): void {
    const life = lives.get(uid);
    if (!life) return;
    lives.delete(uid);
    const ended = kill(options, life).finally(() => ending.delete(ended));
    ending.add(ended);
  }

  const stop = options.store.watch('pods', ({ type, object }) => {
    const pod = object as Pod;
    const uid = pod.metadata.uid ?? '';
    if (type === 'DELETED') return end(uid);
    const life = lives.get(uid);
    const leaving = pod.metadata.deletionTimestamp !== undefined;
    if (!life && !leaving) {
      const born: Life = { gone: new AbortController(), ownsAddress: pod.spec.hostNetwork !== true };
      lives.set(uid, born);
      live(options, pod, born).catch(reportDefect);
    } else if (life && leaving && !life.terminating) {
      life.terminating = true;
      void terminate(options, pod, life).then(() => {
        end(uid);
        remove(options.store, pod);
      });
    }
  });

  return {
    async close() {
      stop();
      for (const uid of lives.keys()) end(uid);
      await Promise.all(ending);
    },
  };
}

async function live(options: KubeletOptions, born: Pod, life: Life): Promise<void> {
  const { signal } = life.gone;
  // The pod was created in the middle of somebody's write; act when that is over.
  await nextTurn();
  if (signal.aborted) return;
  const placed = place(options, born);
  if (!placed) return setStage(options, born, { name: 'unschedulable' });
  const { pod, hostIP } = placed;
  // A pod on the host's network has the node's address, and no port of it is anybody's to bind here.
  const ip = life.ownsAddress ? options.addresses.take(pod) : hostIP;
  life.ip = ip;
  const missing = applications(pod).find(({ image }) => !findApp(image));
  if (missing) return setStage(options, pod, { name: 'image-missing', ip, hostIP, image: missing.image });
  setStage(options, pod, { name: 'starting', ip, hostIP });
  try {
    await wait(options.startUpMs(), undefined, { signal });
    await start(options, pod, ip, life);
    if (!signal.aborted && !life.terminating) setStage(options, pod, { name: 'running', ip, hostIP });
  } catch (error) {
    if (!signal.aborted) setStage(options, pod, { name: 'failing', ip, hostIP, reason: String(error) });
  }
}

async function start(options: KubeletOptions, pod: Pod, ip: string, life: Life): Promise<void> {
  const instance = await startPodInstance(pod, ip, options.environment);
  if (life.gone.signal.aborted) return instance.close('reset');
  life.instance = instance;
  if (!life.ownsAddress) return;
  for (const [port, loopbackPort] of instance.ports) options.network.bind(ip, port, loopbackPort);
}

/** Gives the pod its node, and its sidecar if nobody did so before. */
function place({ store }: KubeletOptions, pod: Pod): { pod: Pod; hostIP: string } | undefined {
  const { namespace, name } = pod.metadata;
  const node = chooseNode(pod, store.list('pods') as Pod[]);
  const current = store.get('pods', namespace, name) as Pod | undefined;
  if (!node || !current) return undefined;
  const injected = withSidecar(current, store.get('namespaces', undefined, namespace ?? '')?.metadata.labels);
  const spec = { ...POD_DEFAULTS, ...injected.spec, nodeName: node.name };
  return { pod: store.update('pods', { ...injected, spec }) as Pod, hostIP: node.address };
}

/** Takes the pod off the load balancing, lets what is under way finish while the grace lasts, and ends it. */
async function terminate(options: KubeletOptions, pod: Pod, life: Life): Promise<void> {
  await nextTurn();
  const { deletionGracePeriodSeconds = 30 } = pod.metadata;
  const { hostIP = '' } = pod.status ?? {};
  setStage(options, pod, { name: 'terminating', ip: life.ip ?? '', hostIP });
  const drained = new AbortController();
  const patience = AbortSignal.any([life.gone.signal, drained.signal]);
  const grace = wait(deletionGracePeriodSeconds * 1000, undefined, { signal: patience }).catch(() => undefined);
  await Promise.race([life.instance?.close('drain'), grace]);
  drained.abort();
}

async function kill({ network, addresses }: KubeletOptions, life: Life): Promise<void> {
  life.gone.abort();
  if (life.ip === undefined) return;
  if (life.ownsAddress) {
    network.unbind(life.ip);
    addresses.release(life.ip);
  }
  await life.instance?.close('reset');
}

/** The kubelet's last word: nothing runs any more, the object may go. */
function remove(store: Store, { metadata: { namespace, name, uid } }: Pod): void {
  if (store.get('pods', namespace, name)?.metadata.uid === uid) store.remove('pods', namespace, name);
}

function setStage({ store }: KubeletOptions, pod: Pod, stage: PodStage): void {
  const { namespace, name, uid } = pod.metadata;
  const current = store.get('pods', namespace, name) as Pod | undefined;
  // Somebody may have deleted it, or replaced it by another pod of the name, while it was starting.
  if (current?.metadata.uid !== uid || !current) return;
  store.updateStatus('pods', namespace, name, podStatus(current, stage));
}
