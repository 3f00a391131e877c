import { type TrapCase, describeTraps, abort, delay, probe, whole } from '../helpers/lint-cases.ts';

/** With a timeout of 10 s 400 of them may be under way. */
const FORTY = [probe('{status: 200, within: 3s}', 'path: /productpage', 'rate: 40/s')];

const CASES: readonly TrapCase[] = [
  {
    code: 'TOO_FEW_REQUESTS',
    at: 'p95',
    trap: {
      top: 'phases: {fault: 30s}',
      probes: [probe("{status: 200, latency: {p95: '< 2s'}}", 'path: /productpage', 'rate: 1/s')],
    },
    near: {
      'one request more than enough': {
        top: 'phases: {fault: 59s}',
        probes: [probe("{status: 200, latency: {p95: '< 2s'}}", 'path: /productpage', 'rate: 1/s')],
      },
      'the limit speaks of every request': {
        top: 'phases: {fault: 3s}',
        probes: [probe("{status: 200, latency: {max: '< 2s'}, errors: {reset: '== 0%'}}")],
      },
      'less confidence is asked for': {
        top: 'confidence: 70%\n  phases: {fault: 30s}',
        probes: [probe("{status: 200, latency: {p95: '< 2s'}}", 'path: /productpage', 'rate: 1/s')],
      },
      'it is known to break': {
        top: 'expected: {verdict: failed, because: it does}',
        probes: [probe("{status: 200, latency: {p95: '< 2s'}}", 'path: /productpage', 'rate: 1/s')],
      },
      'it is looked at without the fault only': {
        probes: [
          probe(whole),
          `{name: steady, http: {path: /productpage}, during: [baseline, recovery], expect: {status: 200, latency: {p99: '< 1s'}}}`,
        ],
      },
    },
  },
  {
    code: 'TOO_FEW_REQUESTS',
    at: '503',
    trap: {
      top: 'phases: {fault: 10s}',
      probes: [
        "{name: page, http: {path: /productpage}, rate: 5/s, expect: {status: 200, within: 2s}, underFault: {expect: {statuses: {503: '10% .. 30%'}, good: '>= 50%'}}}",
      ],
    },
    near: {
      'the range is wide enough': {
        top: 'phases: {fault: 10s}',
        probes: [
          "{name: page, http: {path: /productpage}, rate: 5/s, expect: {status: 200, within: 2s}, underFault: {expect: {statuses: {503: '10% .. 60%'}, good: '>= 50%'}}}",
        ],
      },
    },
  },
  {
    code: 'TOO_FEW_HITS',
    at: 'percentage',
    trap: { faults: [delay('fixedDelay: 2s, percentage: 0.5')] },
    near: { 'enough are hit': { faults: [delay('fixedDelay: 2s, percentage: 1')] } },
  },
  {
    code: 'TOO_FEW_HITS',
    at: 'duration',
    trap: { faults: [delay('fixedDelay: 2s', ', duration: 100ms')] },
    near: { 'a request falls into it': { faults: [delay('fixedDelay: 2s', ', duration: 300ms')] } },
  },
  {
    code: 'RECOVERY_TOO_SHORT',
    at: 'within',
    trap: { top: 'phases: {recovery: {within: 5s}}', faults: [delay('fixedDelay: 7s')] },
    near: { 'it is as long': { top: 'phases: {recovery: {within: 7s}}', faults: [delay('fixedDelay: 7s')] } },
  },
  {
    code: 'IN_FLIGHT_LIMIT',
    at: '{name: page, http: {path: /productpage}, rate: 200/s, expect: {status: 200, within: 3s}}',
    trap: { probes: [probe('{status: 200, within: 3s}', 'path: /productpage', 'rate: 200/s')] },
    near: {
      'so many are allowed': {
        probes: [probe('{status: 200, within: 3s}', 'path: /productpage', 'rate: 200/s, maxInFlight: 2000')],
      },
      'nothing holds them': {
        probes: [probe('{status: 200, within: 3s}', 'path: /productpage', 'rate: 200/s')],
        faults: [abort('service: ratings, httpStatus: 500')],
      },
    },
  },
  {
    code: 'OPEN_FILES_LOW',
    at: 'hypothesis',
    trap: { openFiles: 463, probes: FORTY },
    near: {
      'they just suffice': { openFiles: 464, probes: FORTY },
      'the limit is not known': { probes: FORTY },
      'as many may be opened everywhere': { openFiles: 100 },
    },
  },
];

describeTraps(CASES);
