import { type FindingTable, findingsOf } from '../findings-of.ts';

/** Every finding of this driver: its severity and what it means. Documented in docs/drivers/pod-kill.md. */
export const POD_KILL_FINDINGS = {
  FAULT_INVALID: ['error', 'The kill contradicts itself or the times of the experiment.'],
  NO_RIGHTS: ['error', 'The identity lacks a right that the kill, or watching its end, needs.'],
  NO_POD: ['error', 'A named pod does not run, or no running pod has the labels.'],
  SHARE_TOO_SMALL: ['error', 'The share of the pods is less than one pod.'],
  BARE_POD: ['error', 'No controller would replace the pod.'],
  ALL_REPLICAS: ['error', 'An owner would lose all of its ready replicas.'],
  FEWER_PODS: ['warning', 'Fewer pods run than are to be killed.'],
  OWNER_SHORT: ['warning', 'An owner has fewer ready replicas than it wants already.'],
  HELD_POD: ['warning', 'A finalizer will hold the pod back when it is deleted.'],
  DISRUPTION_BUDGET: ['warning', 'A PodDisruptionBudget would not allow this; a deletion does not ask it.'],
} as const satisfies FindingTable;

/** A finding of this driver; `where` is the object it is about, `Pod default/ratings-v1-x`. */
export const finding = findingsOf(POD_KILL_FINDINGS);
