import { finding } from '../../model/finding.ts';
import type { Explanation } from '../../model/proof.ts';
import type { DriverContext, Injected, PreparedFault } from '../driver.ts';
import type { PodKillFaultSpec } from '../../model/fault.ts';
import { decodeHandle } from './handle.ts';
import { readHealing } from './healing.ts';
import { killedBy } from './inject.ts';
import type { KillBook } from './kill-book.ts';

/** Why killed pods are not seen to go: a finalizer holds them back, or they are there as before, by their uid. */
export async function explainFault(
  book: KillBook,
  { handle, fault }: PreparedFault<PodKillFaultSpec>,
  injected: Injected,
  context: DriverContext,
): Promise<Explanation> {
  const { namespace } = decodeHandle(handle);
  const { killed } = book.of(handle);
  const { pods } = await readHealing(
    namespace,
    killed.length > 0 ? killed : killedBy(injected),
    [],
    context,
    book.memory,
  );
  const held = pods.filter(({ state }) => state === 'held');
  const alive = pods.filter(({ state }) => state === 'alive');
  const names = alive.map(({ pod }) => pod.name).join(', ');
  const blind =
    fault.proof !== undefined && held.length + alive.length === 0
      ? [
          finding(
            'PROOF_BLIND',
            'The killed pods are gone or going, and the proof probe did not show it.',
            undefined,
            'Others may have answered in their place at once: leave the proof out, then the pods themselves are looked at.',
          ),
        ]
      : [];
  return {
    ...(alive.length > 0 && {
      contradiction: `the API server took the deletion, and ${names} ${alive.length === 1 ? 'is' : 'are'} there as before, with the same uid`,
    }),
    ...(blind.length > 0 && {
      contradiction: 'the killed pods are gone or going, and the proof probe was not positive',
    }),
    reasons: [
      ...held.map(({ pod, detail }) =>
        finding(
          'HELD_POD',
          `Pod ${detail}: it stays, terminating, until that is taken off.`,
          `Pod ${pod.namespace}/${pod.name}`,
        ),
      ),
      ...blind,
    ],
    looked: ['the killed pods, by uid', 'their finalizers'],
  };
}
