import { describe, expect, it } from 'vitest';
import { type LintText, trapsIn } from '../helpers/lint-text.ts';

/** What walks into a trap, what comes near it and does not, and the key that is named. */
interface Case {
  readonly code: string;
  readonly at: string;
  readonly trap: LintText;
  readonly near: Readonly<Record<string, LintText>>;
}

const probe = (expectation: string, http = 'path: /productpage', more = 'rate: 5/s') =>
  `{name: page, http: {${http}}, ${more}, expect: ${expectation}}`;
const delay = (spec: string, more = '') => `{name: slow, delay: {service: ratings, ${spec}}${more}}`;
const abort = (spec: string, more = '') => `{name: broken, abort: {${spec}}${more}}`;
const jason = 'sessions: {jason: {login: {method: POST, path: /login, form: {username: jason}}}}';
const proof = (http: string, expectation: string) => `, proof: {http: {${http}}, expect: ${expectation}}`;
const whole = '{status: 200, body: {contains: Reviewer1}}';

const CASES: readonly Case[] = [
  {
    code: 'STATUS_ONLY',
    at: 'status',
    trap: { probes: [probe('{status: 200}')] },
    near: {
      'its body is looked at': { probes: [probe(whole)] },
      'its time is looked at': { probes: [probe('{status: 200, within: 3s}')] },
      'another probe looks closer at the same page': {
        probes: [probe('{status: 2xx}'), probe(whole).replace('page', 'text')],
      },
      'it is asked by programs': { probes: [probe('{status: 200}', 'path: /api/v1/products/0')] },
      'its accepted answer is JSON': {
        probes: [probe('{status: 200}', 'path: /cart, headers: {Accept: application/json}')],
      },
      'the fault is at the gateway, where it makes the status': {
        faults: [abort('service: productpage, gateway: true, httpStatus: 503')],
      },
      'its proof shows that the status tells': {
        probes: [probe('{status: 200}')],
        faults: [abort('service: productpage, httpStatus: 503', proof('path: /productpage', '{status: 503}'))],
      },
      'another status is accepted under the fault': {
        probes: [
          `{name: page, http: {path: /productpage}, rate: 5/s, expect: {status: 200}, underFault: {expect: {status: 503}}}`,
        ],
      },
      'it is known to break': {
        top: 'expected: {verdict: failed, because: it does}',
        probes: [probe('{status: 200}')],
      },
    },
  },
  {
    code: 'TIMEOUT_TOO_SHORT',
    at: 'min',
    trap: { probes: [probe("{status: 200, latency: {min: '>= 3s'}}", 'path: /productpage, timeout: 2s')] },
    near: {
      'the timeout is longer': {
        probes: [probe("{status: 200, latency: {min: '>= 3s'}}", 'path: /productpage, timeout: 4s')],
      },
      'the limit is an upper one': {
        probes: [probe("{status: 200, latency: {max: '<= 3s'}}", 'path: /productpage, timeout: 2s')],
      },
    },
  },
  {
    code: 'TIMEOUT_TOO_SHORT',
    at: 'min',
    trap: { faults: [delay('fixedDelay: 7s', proof('path: /ratings, timeout: 5s', "{latency: {min: '>= 7s'}}"))] },
    near: {
      'requests that time out are what is looked for': {
        faults: [
          delay(
            'fixedDelay: 7s',
            proof('path: /ratings, timeout: 5s', "{latency: {min: '>= 5s'}, errors: {timeout: '<= 100%'}}"),
          ),
        ],
      },
    },
  },
  {
    code: 'PROOF_HOLDS_ANYWAY',
    at: 'expect',
    trap: { faults: [delay('fixedDelay: 2s', proof('path: /ratings', '{status: 200, within: 5s}'))] },
    near: {
      'it has to be slow': {
        faults: [delay('fixedDelay: 2s', proof('path: /ratings', "{status: 200, latency: {min: '>= 2s'}}"))],
      },
      'it has to show a text': {
        faults: [delay('fixedDelay: 2s', proof('path: /ratings', '{status: 200, body: {contains: sorry}}'))],
      },
      'the fault itself answers 200': {
        faults: [abort('service: ratings, httpStatus: 200', proof('path: /ratings', '{status: 200}'))],
      },
      'it has to fail': {
        faults: [abort('service: ratings, httpStatus: 500', proof('path: /ratings', '{status: 500}'))],
      },
    },
  },
  {
    code: 'PROOF_HOLDS_ANYWAY',
    at: 'expect',
    trap: {
      probes: [probe(whole)],
      faults: [abort('service: ratings, httpStatus: 500', proof('path: /productpage', '{body: {contains: Reviewer}}'))],
    },
    near: {
      'it is asked as another user': {
        top: jason,
        probes: [probe(whole)],
        faults: [
          abort(
            'service: ratings, httpStatus: 500',
            proof('path: /productpage, session: jason', '{body: {contains: Reviewer}}'),
          ),
        ],
      },
      'it expects another text': {
        probes: [probe(whole)],
        faults: [abort('service: ratings, httpStatus: 500', proof('path: /productpage', '{body: {contains: Sorry}}'))],
      },
    },
  },
  {
    code: 'CANNOT_FAIL',
    at: 'expected',
    trap: {
      top: 'expected: {verdict: failed, because: it breaks}',
      probes: [
        '{name: page, http: {path: /api/a}, rate: 5/s, expect: {status: 200}, underFault: {expect: {status: 503}}}',
      ],
      faults: [abort('service: a, httpStatus: 503', proof('path: /api/a', '{status: 503}'))],
    },
    near: {
      'it asks for what users need': {
        top: 'expected: {verdict: failed, because: it breaks}',
        probes: [probe('{status: 200}', 'path: /api/a')],
        faults: [abort('service: a, httpStatus: 503', proof('path: /api/a', '{status: 503}'))],
      },
      'only a share of the calls is hit': {
        top: 'expected: {verdict: failed, because: it breaks}',
        probes: [
          '{name: page, http: {path: /api/a}, rate: 5/s, expect: {status: 200}, underFault: {expect: {status: 503}}}',
        ],
        faults: [abort('service: a, httpStatus: 503, percentage: 50', proof('path: /api/a', '{status: 503}'))],
      },
    },
  },
  {
    code: 'HEADER_NOT_SENT',
    at: 'end-user',
    trap: { faults: [delay('fixedDelay: 2s, match: {headers: {end-user: {exact: jason}}}')] },
    near: {
      'somebody logs in': {
        top: jason,
        probes: [probe(whole, 'path: /productpage, session: jason')],
        faults: [delay('fixedDelay: 2s, match: {headers: {end-user: {exact: jason}}}')],
      },
      'a probe sends it': {
        probes: [probe(whole, 'path: /productpage, headers: {End-User: jason}')],
        faults: [delay('fixedDelay: 2s, match: {headers: {end-user: {prefix: ja}}}')],
      },
      'proxies send it': { faults: [delay('fixedDelay: 2s, match: {headers: {x-request-id: {}}}')] },
    },
  },
  {
    code: 'HEADER_NOT_SENT',
    at: 'end-user',
    trap: {
      probes: [probe(whole, 'path: /productpage, headers: {end-user: tom}')],
      faults: [abort('service: ratings, httpStatus: 500, match: {headers: {end-user: {exact: jason}}}')],
    },
    near: {
      'it may match': {
        probes: [probe(whole, 'path: /productpage, headers: {end-user: tom}')],
        faults: [abort('service: ratings, httpStatus: 500, match: {headers: {end-user: {regex: "t.m"}}}')],
      },
    },
  },
  {
    code: 'GATEWAY_MISSED',
    at: 'match',
    trap: { faults: [abort('service: productpage, gateway: true, httpStatus: 503, match: {uri: {prefix: /api/}}')] },
    near: {
      'a probe asks for it': {
        probes: [probe(whole), probe('{status: 200}', 'path: /api/v1/products').replace('page', 'api')],
        faults: [abort('service: productpage, gateway: true, httpStatus: 503, match: {uri: {prefix: /api/}}')],
      },
      'the fault is inside the mesh, where paths are others': {
        faults: [abort('service: ratings, httpStatus: 503, match: {uri: {prefix: /ratings}}')],
      },
      'its proof is asked as a user whom no probe watches': {
        top: jason,
        faults: [
          abort(
            'service: productpage, gateway: true, httpStatus: 503, match: {uri: {prefix: /api/}}',
            proof('path: /api/a, session: jason', '{status: 503}'),
          ),
        ],
      },
      'case and query agree': {
        probes: [probe(whole, 'path: "/Page?a=1"')],
        faults: [
          abort(
            'service: productpage, gateway: true, httpStatus: 503, match: {uri: {exact: /page}, ignoreUriCase: true, queryParams: {a: {exact: "1"}}}',
          ),
        ],
      },
    },
  },
  {
    code: 'SESSION_UNUSED',
    at: 'jason',
    trap: { top: jason },
    near: {
      'a probe uses it': { top: jason, probes: [probe(whole, 'path: /productpage, session: jason')] },
      'a proof uses it': {
        top: jason,
        faults: [abort('service: a, httpStatus: 503', proof('path: /a, session: jason', '{status: 503}'))],
      },
    },
  },
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
    trap: { openFiles: 113 },
    near: { 'they just suffice': { openFiles: 114 }, 'the limit is not known': {} },
  },
];

describe.each(CASES)('$code at $at', ({ code, at, trap, near }) => {
  it('is told', async () => {
    expect(await trapsIn(trap)).toEqual([`${code} at ${at}`]);
  });

  it.each(Object.entries(near))('is not told when %s', async (_when, text) => {
    expect(await trapsIn(text)).toEqual([]);
  });
});
