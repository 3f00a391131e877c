import { type FindingTable, findingsOf } from '../findings-of.ts';

/** Every finding of this driver's validation and preflight: its severity and what it means. Documented in docs/drivers/chaosblade.md. */
export const BLADE_FINDINGS = {
  FAULT_INVALID: ['error', 'The operator or its tool would refuse the experiment.'],
  NOT_CHECKED: ['warning', 'The table does not know the flags of this experiment, so they were not checked.'],
  NAMESPACE_IGNORED: ['warning', 'Nodes have no namespace; the operator ignores it.'],
  FORCES_DEVICE: ['warning', 'With `force` a queueing discipline of somebody else is thrown away.'],
  WHOLE_NODE: ['error', 'The fault would hit everything that a node sends, its kubelet included.'],
  TIMEOUT_SHORT: ['error', 'The cluster would end the fault before its phase is over.'],
  NO_PROOF_PROBE: ['warning', 'Only a proof probe can show the effect: the status of a ChaosBlade resource is none.'],
  BLADE_MISSING: ['error', 'The cluster serves no ChaosBlade resources, or not their status.'],
  NO_RIGHTS: ['error', 'The identity lacks a right that the fault or its undoing needs.'],
  OPERATOR_MISSING: ['error', 'No operator pod is ready, so nobody would act on the resource.'],
  OPERATOR_VERSION: ['error', 'This version of the operator cannot do this experiment.'],
  OPERATOR_UNKNOWN: ['warning', 'The version of the operator could not be told.'],
  TOOL_MISSING: ['error', 'No tool pod is ready on a target node, so the operator could not act there.'],
  TOOL_COPIED: ['warning', 'This old operator copies its tool into the container, which must have `tc` and NET_ADMIN.'],
  RUNTIME_UNKNOWN: ['error', "The operator does not know the node's container runtime."],
  NO_NODE: ['error', 'A node of that name does not exist.'],
  NO_POD: ['error', 'A pod of that name does not exist, or no pod has these labels.'],
  NO_CONTAINER: ['error', 'A target pod has no such container.'],
  NO_TARGET: ['error', 'The selection comes to nothing.'],
  POD_NOT_RUNNING: [
    'error',
    'A pod that was named runs no container or is being deleted; the operator would skip it silently.',
  ],
  SOME_NOT_RUNNING: ['warning', 'Some pods with these labels run no container or are being deleted.'],
  NODE_PORT_UNKNOWN: ['error', 'No Service has this NodePort, so no packet leaves from it.'],
  PORT_NOT_PUBLISHED: [
    'warning',
    'No Service has this NodePort; only a process on the host itself could send from it.',
  ],
  DEVICE_TAKEN: ['error', 'Another fault shapes the same device; the second one would end the first silently.'],
  ALL_REPLICAS: ['warning', 'No ready pod of the controller is left until a new one has started.'],
  UNREPLACED_POD: ['error', 'A pod without controller would be gone for good.'],
} as const satisfies FindingTable;

/** A finding of this driver; `where` is the object it is about, `Node worker-1`. */
export const finding = findingsOf(BLADE_FINDINGS);
