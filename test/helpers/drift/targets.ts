import type { StoredObject } from '../../../src/sandbox/store.ts';
import type { TestSandbox } from '../start-sandbox.ts';
import { type Action, COMMON, OF_RULES, OF_SETUPS } from './actions.ts';
import { OF_BLADES, OF_OWNERS } from './other-actions.ts';
import type { Place } from './hands.ts';

/** When somebody does something: as soon as this event is in the journal. */
export const MOMENTS = {
  setup: 'after the setup was applied',
  baseline: 'in the baseline',
  injected: 'just after the injection',
  fault: 'under the fault',
  recovery: 'in the recovery',
} as const;
export type Moment = keyof typeof MOMENTS;

/** A kind of object that a run touches. */
export interface Target {
  readonly name: string;
  /** Of the experiments in test/fixtures/crash. */
  readonly experiment: string;
  readonly place: Place;
  /** The object's name; of what a run creates, as soon as it is there. */
  nameIn(sandbox: TestSandbox): string;
  readonly moments: readonly Moment[];
  readonly actions: readonly Action[];
  /** Created by the run. */
  readonly isCreated?: boolean;
  /** The world needs a while to be as it was. */
  readonly isCostly?: boolean;
}

const ISTIO = '/apis/networking.istio.io/v1/namespaces/default';
const rules: Place = {
  resource: 'virtualservices.networking.istio.io',
  path: `${ISTIO}/virtualservices`,
  namespace: 'default',
};
const destinations: Place = {
  resource: 'destinationrules.networking.istio.io',
  path: `${ISTIO}/destinationrules`,
  namespace: 'default',
};
const configMaps: Place = {
  resource: 'configmaps',
  path: '/api/v1/namespaces/default/configmaps',
  namespace: 'default',
};
const blades: Place = { resource: 'chaosblades.chaosblade.io', path: '/apis/chaosblade.io/v1alpha1/chaosblades' };
const deployments: Place = {
  resource: 'deployments.apps',
  path: '/apis/apps/v1/namespaces/default/deployments',
  namespace: 'default',
};

const named = (name: string) => () => name;
const ours =
  ({ resource, namespace }: Place) =>
  ({ store }: TestSandbox): string =>
    store.list(resource, namespace).find(({ metadata }: StoredObject) => /^holdfast-\d/.test(metadata.name))?.metadata
      .name ?? '';

const rule = (name: string, experiment: string, object: string): Target => ({
  name,
  experiment,
  place: rules,
  nameIn: named(object),
  moments: ['injected', 'fault', 'recovery'],
  actions: [...OF_RULES, ...COMMON],
});
const setup = (name: string, place: Place, object: string, isCreated: boolean): Target => ({
  name,
  experiment: 'setup',
  place,
  nameIn: named(object),
  moments: ['setup', 'baseline', 'fault', 'recovery'],
  actions: [...OF_SETUPS, ...COMMON],
  isCreated,
});

export const TARGETS: readonly Target[] = [
  rule('VirtualService that is there', 'istio-abort', 'details'),
  rule('VirtualService at the gateway', 'istio-gateway', 'bookinfo'),
  rule('delegate VirtualService', 'istio-delegate', 'reviews-routes'),
  {
    ...rule('VirtualService of the run', 'istio-create', ''),
    nameIn: ours(rules),
    moments: ['injected', 'fault'],
    isCreated: true,
  },
  setup('setup: edited VirtualService', rules, 'details', false),
  setup('setup: created VirtualService', rules, 'ratings-under-test', true),
  setup('setup: edited DestinationRule', destinations, 'ratings', false),
  setup('setup: created ConfigMap', configMaps, 'situation', true),
  {
    name: 'ChaosBlade resource',
    experiment: 'blade-loss',
    place: blades,
    nameIn: ours(blades),
    moments: ['fault'],
    actions: OF_BLADES,
    isCreated: true,
  },
  {
    name: 'owner of killed pods',
    experiment: 'pod-kill',
    place: deployments,
    nameIn: named('ratings-v1'),
    moments: ['fault', 'recovery'],
    actions: OF_OWNERS,
    isCostly: true,
  },
];
