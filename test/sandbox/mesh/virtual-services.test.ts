import { describe, expect, it } from 'vitest';
import type { VirtualService } from '../../../src/sandbox/mesh/config/objects.ts';
import { gatewayName, governing, visibleVirtualServices } from '../../../src/sandbox/mesh/config/virtual-services.ts';

const HOST = 'reviews.default.svc.cluster.local';

function rule(name: string, age: string, spec: NonNullable<VirtualService['spec']> = {}, namespace = 'default') {
  const metadata = { name, namespace, creationTimestamp: `2026-01-01T00:00:${age}Z` };
  return { metadata, spec: { hosts: [HOST], ...spec } };
}
const names = (all: readonly VirtualService[], namespace = 'default') =>
  visibleVirtualServices(all, namespace).map((one) => one.metadata.name);

describe('the order of VirtualServices', () => {
  it('is oldest first, then by name, then by namespace', () => {
    const all = [
      rule('b', '02'),
      rule('young', '09'),
      rule('a', '02', {}, 'z'),
      rule('a', '02', {}, 'y'),
      rule('old', '01'),
    ];
    expect(names(all)).toEqual(['old', 'a', 'a', 'b', 'young']);
    expect(visibleVirtualServices(all, 'default')[1]?.metadata.namespace).toBe('y');
  });

  it('puts private ones before ones exported by name, and those before public ones', () => {
    const all = [
      rule('public', '01'),
      rule('by-name', '02', { exportTo: ['default'] }, 'other'),
      rule('private', '03', { exportTo: ['.'] }),
      rule('hidden', '00', { exportTo: ['~'] }),
      rule('strange', '00', { exportTo: ['.'] }, 'other'),
    ];
    expect(names(all)).toEqual(['private', 'by-name', 'public']);
    expect(names(all, 'third')).toEqual(['public']);
  });
});

describe('the VirtualService that governs a host', () => {
  const wildcard = rule('wildcard', '01', { hosts: ['*.svc.cluster.local'] });
  const narrower = rule('narrower', '02', { hosts: ['*.default.svc.cluster.local'] });
  const exact = rule('exact', '03', { hosts: ['reviews'] });
  const later = rule('later', '04');

  it.each([
    [20, [wildcard, narrower], 'narrower'],
    [20, [wildcard, narrower, exact, later], 'exact'],
    [19, [wildcard, narrower, exact, later], 'wildcard'],
  ])('is, in Istio 1.%d, the right one', (minor, ordered, expected) => {
    expect(governing(ordered, HOST, minor)?.metadata.name).toBe(expected);
  });
});

describe('a gateway reference', () => {
  it.each([
    ['web', 'default/web'],
    ['./web', 'default/web'],
    ['infra/web', 'infra/web'],
    ['web.infra.svc.cluster.local', 'infra/web'],
    ['mesh', 'mesh'],
  ])('%s means %s', (reference, expected) => {
    expect(gatewayName(reference, 'default')).toBe(expected);
  });
});
