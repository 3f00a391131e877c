import { createHash } from 'node:crypto';
import { nextConditions, timestamp } from './conditions.ts';
import type { Condition, Pod } from './kinds.ts';

/** Where a pod stands in its life, as its status tells it. */
export type PodStage =
  | { readonly name: 'unschedulable' }
  | { readonly name: 'starting'; readonly ip: string; readonly hostIP: string }
  | { readonly name: 'image-missing'; readonly ip: string; readonly hostIP: string; readonly image: string }
  | { readonly name: 'failing'; readonly ip: string; readonly hostIP: string; readonly reason: string }
  | { readonly name: 'running'; readonly ip: string; readonly hostIP: string }
  | { readonly name: 'terminating'; readonly ip: string; readonly hostIP: string };

/** The whole status of a pod at a stage of its life. */
export function podStatus(pod: Pod, stage: PodStage): unknown {
  const now = timestamp();
  const phase = stage.name === 'running' || stage.name === 'terminating' ? 'Running' : 'Pending';
  const conditions = nextConditions(pod.status?.conditions, conditionsOf(pod, stage), now);
  if (stage.name === 'unschedulable') return { phase, conditions, qosClass: 'BestEffort' };
  return {
    phase,
    conditions,
    hostIP: stage.hostIP,
    hostIPs: [{ ip: stage.hostIP }],
    podIP: stage.ip,
    podIPs: [{ ip: stage.ip }],
    startTime: pod.metadata.creationTimestamp ?? now,
    containerStatuses: containerStatuses(pod, stage, now),
    qosClass: 'BestEffort',
  };
}

function conditionsOf(pod: Pod, stage: PodStage): Condition[] {
  if (stage.name === 'unschedulable') {
    return [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
      },
    ];
  }
  const ready = readiness(pod, stage.name === 'running');
  return [
    { type: 'PodReadyToStartContainers', status: 'True' },
    { type: 'Initialized', status: 'True' },
    { type: 'Ready', ...ready },
    { type: 'ContainersReady', ...ready },
    { type: 'PodScheduled', status: 'True' },
  ];
}

function readiness(pod: Pod, ready: boolean): Omit<Condition, 'type'> {
  if (ready) return { status: 'True' };
  const names = pod.spec.containers.map(({ name }) => name).join(' ');
  return { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${names}]` };
}

function containerStatuses(pod: Pod, stage: PodStage, now: string): unknown[] {
  const ready = stage.name === 'running';
  const started = ready || stage.name === 'terminating';
  return pod.spec.containers.map(({ name, image }) => ({
    name,
    image,
    imageID: image,
    ready,
    started,
    restartCount: 0,
    ...(started && { containerID: containerId(pod, name) }),
    state: started ? { running: { startedAt: now } } : { waiting: waiting(stage, image) },
    lastState: {},
  }));
}

/** In the form in which containerd names them, 64 hexadecimal digits: other tools take it apart. */
function containerId(pod: Pod, container: string): string {
  const digits = createHash('sha256')
    .update(`${pod.metadata.uid ?? ''}/${container}`)
    .digest('hex');
  return `containerd://${digits}`;
}

function waiting(stage: PodStage, image: string): { reason: string; message?: string } {
  if (stage.name === 'image-missing' && stage.image === image) {
    return { reason: 'ImagePullBackOff', message: `the sandbox has no application for image "${image}"` };
  }
  if (stage.name === 'failing') return { reason: 'CreateContainerError', message: stage.reason };
  return { reason: 'ContainerCreating' };
}
