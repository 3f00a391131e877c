import type { KubernetesObject } from '../../model/kubernetes.ts';
import { nearestName } from '../../util/nearest-name.ts';

interface Suggestion {
  readonly name: string;
  /** Why, as a sentence. */
  readonly because: string;
}

/**
 * The node that was meant by a name that none has: ChaosBlade wants `metadata.name`, and people write addresses, or
 * names such as `cn-hangzhou.192.168.0.205` that some clouds build from them.
 */
export function suggestNode(given: string, nodes: readonly KubernetesObject[]): Suggestion | undefined {
  for (const node of nodes) {
    const { name } = node.metadata;
    for (const { type, address } of addressesOf(node)) {
      if (address === given) return { name, because: `${given} is its ${type}.` };
      if (holds(given, address) && address !== '') return { name, because: `its ${type} is ${address}.` };
    }
    if (holds(given, name) || holds(name, given)) return { name, because: 'nodes go by their full metadata.name.' };
  }
  const nearest = nearestName(
    given,
    nodes.map(({ metadata }) => metadata.name),
  );
  return nearest === undefined ? undefined : { name: nearest, because: 'it is the nearest name.' };
}

function addressesOf({ status }: KubernetesObject): readonly { readonly type: string; readonly address: string }[] {
  return (status as { addresses?: { type: string; address: string }[] } | undefined)?.addresses ?? [];
}

/** Whether a name stands whole inside another: 10.0.0.1 does not in 10.0.0.12. */
function holds(whole: string, part: string): boolean {
  const at = whole.indexOf(part);
  if (at === -1) return false;
  const [before = '', after = ''] = [whole[at - 1], whole[at + part.length]];
  return !/[a-z0-9]/i.test(before) && !/[a-z0-9]/i.test(after);
}
