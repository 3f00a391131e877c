import type { Experiment } from '../../src/model/experiment.ts';
import type { IstioFault } from '../../src/model/fault.ts';
import type { HypothesisProbe } from '../../src/model/hypothesis.ts';

const request = {
  method: 'GET',
  path: '/productpage',
  query: {},
  headers: {},
  timeout: 1000,
  followRedirects: false,
  freshConnection: false,
  insecure: false,
} as const;
const is200 = { status: [{ kind: 'exact', status: 200 }] } as const;
const is500 = { status: [{ kind: 'exact', status: 500 }] } as const;

/** A probe named `page` that wants 200 twice a second, and accepts 500 under the fault. */
export function aProbe(change: Partial<HypothesisProbe> = {}): HypothesisProbe {
  return {
    name: 'page',
    http: request,
    pacing: { kind: 'open', perSecond: 2, maxInFlight: 10 },
    expect: is200,
    underFault: is500,
    during: ['baseline', 'fault', 'recovery'],
    line: 10,
    ...change,
  };
}

/** An abort of ratings from the start of the fault phase to its end. */
export function aFault(change: Partial<IstioFault> = {}): IstioFault {
  return {
    name: 'broken',
    startAfter: 0,
    spec: {
      driver: 'istio',
      service: 'ratings',
      gateway: false,
      match: {},
      replace: false,
      abort: { httpStatus: 500, percentage: 100 },
    },
    line: 20,
    ...change,
  };
}

/** An experiment of one probe and one fault whose phases take a second or two. */
export function anExperiment(change: Partial<Experiment> = {}): Experiment {
  return {
    name: 'ratings-abort',
    labels: {},
    description: 'Ratings answers 500.',
    source: { file: 'ratings.yaml', line: 1, column: 1 },
    namespace: 'default',
    ingress: {},
    sessions: {},
    setup: [],
    phases: { baseline: 1000, fault: 2000, recovery: { within: 5000, stable: 1000 } },
    hypothesis: [aProbe()],
    faults: [aFault()],
    ...change,
  };
}

/** A setup of one VirtualService. */
export function aSetup(name: string): Experiment['setup'][number] {
  return {
    file: `${name}.yaml`,
    objects: [{ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name }, spec: {} }],
  };
}
