import { HoldfastError } from '../../model/errors.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import type { Candidate } from './survey.ts';

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Notes about disruption budgets that an eviction would have to respect; none where they may not be read. */
export async function checkBudgets(
  namespace: string,
  victims: readonly Candidate[],
  context: DriverContext,
): Promise<readonly Finding[]> {
  const budgets = await listBudgets(namespace, context);
  return budgets.flatMap((budget) => {
    const { selector } = (budget['spec'] ?? {}) as { readonly selector?: LabelSelector };
    const { disruptionsAllowed = 0 } = (budget['status'] ?? {}) as { readonly disruptionsAllowed?: number };
    const hit = victims.filter(({ pod }) => selects(selector, pod.metadata.labels ?? {})).length;
    if (hit <= disruptionsAllowed) return [];
    const { name } = budget.metadata;
    const message = `PodDisruptionBudget ${name} allows ${disruptionsAllowed} disruptions now and ${hit} of its pods will be killed: a deletion does not ask it, as a crash would not.`;
    return [finding('DISRUPTION_BUDGET', message, `PodDisruptionBudget ${namespace}/${name}`)];
  });
}

async function listBudgets(
  namespace: string,
  { cluster, signal }: DriverContext,
): Promise<readonly KubernetesObject[]> {
  try {
    const resource = await cluster.resource('policy', 'poddisruptionbudgets', { signal });
    return resource === undefined ? [] : await cluster.list(resource, { namespace, signal });
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'API_FORBIDDEN') return [];
    throw error;
  }
}

/** A budget without a selector is for no pod, one with an empty selector for all. Source: Kubernetes, policy/v1. */
function selects(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const equal = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return equal && matchExpressions.every((expression) => holds(expression, labels));
}

function holds(
  { key, operator, values = [] }: NonNullable<LabelSelector['matchExpressions']>[number],
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[key];
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  const isIn = value !== undefined && values.includes(value);
  return operator === 'In' ? isIn : !isIn;
}
