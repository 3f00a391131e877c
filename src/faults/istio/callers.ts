import type { KubernetesObject } from '../../model/kubernetes.ts';
import { hasLabels, isRunning } from '../pods.ts';
import type { Named } from './handle.ts';
import { hasProxy } from './pods.ts';
import type { Survey } from './survey.ts';
import { namespaceOf } from './virtual-service.ts';

/** The pods whose proxies carry the fault, out of those that may call. */
export interface Callers {
  /** Running pods that may call the service, with a proxy or without. */
  readonly candidates: readonly KubernetesObject[];
  /** Those of them that have a proxy. */
  readonly meshed: readonly KubernetesObject[];
  readonly namespaces: readonly string[];
}

/** Who calls the service, as far as a survey tells. */
export function callersOf({ question, callers, service }: Survey): Callers {
  const { gateway, from, namespace } = question;
  const running = callers.filter(isRunning);
  const candidates = gateway || from !== undefined ? running : withoutItself(running, service);
  const meshed = candidates.filter(hasProxy);
  const namespaces = [...new Set((meshed.length > 0 ? meshed : candidates).map(namespaceOf))];
  return { candidates, meshed, namespaces: namespaces.length === 0 && !gateway ? [namespace] : namespaces };
}

/** A service seldom calls itself; its own pods count only when they are asked for or there are no others. */
function withoutItself(
  pods: readonly KubernetesObject[],
  service: KubernetesObject | undefined,
): readonly KubernetesObject[] {
  const own = (service?.['spec'] as { readonly selector?: Readonly<Record<string, string>> } | undefined)?.selector;
  const others = pods.filter((pod) => own === undefined || !hasLabels(pod, own));
  return others.length > 0 ? others : pods;
}

/** Objects by name. */
export function named(objects: readonly KubernetesObject[]): readonly Named[] {
  return objects.map((object) => ({ namespace: namespaceOf(object), name: object.metadata.name }));
}

/** The first few names, and how many more. */
export function listNames(objects: readonly KubernetesObject[] | readonly Named[]): string {
  const names = objects.map((object) => ('metadata' in object ? object.metadata.name : object.name));
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}
