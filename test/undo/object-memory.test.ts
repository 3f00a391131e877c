import { expect, it } from 'vitest';
import { HoldfastError } from '../../src/model/errors.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { createObjectMemory } from '../../src/undo/object-memory.ts';

const ref = { kind: 'VirtualService', apiVersion: 'networking.istio.io/v1', namespace: 'default', name: 'details' };
const stored: KubernetesObject = {
  apiVersion: ref.apiVersion,
  kind: ref.kind,
  metadata: { name: ref.name, namespace: ref.namespace, uid: 'a', resourceVersion: '1' },
  spec: { hosts: ['details'] },
};

it('an object whose first write was refused is none of ours: whoever changes it then is not told of', async () => {
  const memory = createObjectMemory();
  const refused = new HoldfastError('API_FORBIDDEN', { message: 'The API server forbids it.' });
  await expect(memory.write(ref, stored, async () => Promise.reject(refused))).rejects.toBe(refused);
  memory.look(ref)(stored);
  memory.look(ref)({ ...stored, spec: { hosts: ['else'] } });
  expect(memory.tell(ref) ?? []).toEqual([]);
});

it('an object that was written once keeps being watched when a later write is refused', async () => {
  const memory = createObjectMemory();
  await memory.write(ref, stored, async () => Promise.resolve({ object: stored, warnings: [] }));
  const refused = new HoldfastError('API_FORBIDDEN', { message: 'The API server forbids it.' });
  await expect(memory.write(ref, stored, async () => Promise.reject(refused))).rejects.toBe(refused);
  memory.look(ref)({ ...stored, spec: { hosts: ['else'] } });
  expect(memory.tell(ref)).toHaveLength(1);
});
