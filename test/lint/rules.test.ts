import { type TrapCase, describeTraps, abort, delay, jason, loss, probe, proof, whole } from '../helpers/lint-cases.ts';

const CASES: readonly TrapCase[] = [
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
    code: 'CONNECTION_KEPT',
    at: 'http',
    trap: { probes: [probe(whole)], faults: [loss('node: worker-1')] },
    near: {
      'a probe comes anew': {
        probes: [probe(whole, 'path: /productpage, freshConnection: true')],
        faults: [loss('node: worker-1')],
      },
      'the loss is deeper inside': { probes: [probe(whole)], faults: [loss('pod: {labels: {app: ratings}}')] },
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
];

describeTraps(CASES);
