import type { Millis } from './clock.ts';
import type { Finding } from './finding.ts';

/** One rule of a policy, and where it stands: `holdfast.config.yaml:12`. */
export interface Rule<T> {
  readonly value: T;
  readonly where: string;
}

/** What a team allows on its clusters, from `policy` in the config file. What is absent is not limited. */
export interface Policy {
  /** Patterns in which `*` stands for any text; so for the three below. */
  readonly allowedContexts?: Rule<readonly string[]> | undefined;
  readonly allowedNamespaces?: Rule<readonly string[]> | undefined;
  readonly protectedContexts?: readonly Rule<string>[] | undefined;
  /** Absent: `SYSTEM_NAMESPACES`. */
  readonly protectedNamespaces?: readonly Rule<string>[] | undefined;
  /** The largest shares, 0..100, that one experiment may hit. */
  readonly maxPodShare?:
    | {
        /** Of the pods of a Deployment, StatefulSet, ... */
        readonly owner?: Rule<number> | undefined;
        readonly namespace?: Rule<number> | undefined;
        /** Of the cluster's nodes. */
        readonly nodes?: Rule<number> | undefined;
      }
    | undefined;
  /** Of the requests, packets or load that a fault concerns, 0..100. */
  readonly maxPercentage?: Rule<number> | undefined;
  readonly maxDuration?: Rule<Millis> | undefined;
  readonly freeze?: readonly Rule<FreezeWindow>[] | undefined;
  /** Labels and patterns of their values. */
  readonly requiredLabels?:
    | {
        readonly experiment?: Rule<Readonly<Record<string, string>>> | undefined;
        readonly namespace?: Rule<Readonly<Record<string, string>>> | undefined;
        readonly workload?: Rule<Readonly<Record<string, string>>> | undefined;
      }
    | undefined;
}

/** A time in which nothing is broken on purpose. */
export type FreezeWindow = {
  /** As it stands in the file. */
  readonly text: string;
  readonly reason?: string;
} & (
  | { readonly kind: 'dates'; readonly from: Millis; readonly to: Millis }
  /** Minutes since Monday 00:00 in the time zone; `to` before `from` goes over the end of the week. */
  | { readonly kind: 'weekly'; readonly from: number; readonly to: number; readonly timeZone: string }
);

/** Namespaces in which a fault can take the cluster or the mesh with it: protected unless the config says otherwise. */
export const SYSTEM_NAMESPACES: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease', 'istio-system'];

/** Codes of findings by which a policy refuses an experiment. */
const REFUSAL_CODES = ['POLICY_REFUSED', 'CONTEXT_PROTECTED', 'NAMESPACE_PROTECTED'] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Whether a finding is a policy's refusal rather than something that would not work. */
export function isRefusal({ code }: Finding): boolean {
  return (REFUSAL_CODES as readonly string[]).includes(code);
}
