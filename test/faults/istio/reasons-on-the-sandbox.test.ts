import pLimit from 'p-limit';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../src/model/exit-code.ts';
import type { FindingCode } from '../../../src/model/finding-codes.ts';
import { pageOf } from '../../../src/model/finding.ts';
import type { StoredObject } from '../../../src/sandbox/store.ts';
import { scale, updateRoutes } from '../../helpers/bookinfo-world.ts';
import { type Explained, type ExplainedCase, explainedRun } from '../../helpers/explained-run.ts';
import {
  change,
  createRule,
  details,
  holdIstiod,
  type Json,
  keepBusy,
  ratings,
  RULES,
  stripProductpage,
  toDetails,
} from '../../helpers/meddling.ts';
import type { TestSandbox } from '../../helpers/start-sandbox.ts';
import { until } from '../../helpers/until.ts';

const asJason = ratings('path: /productpage, session: jason');
const allToV1 = (sandbox: TestSandbox): void => updateRoutes(sandbox, 'reviews', (routes) => routes.slice(-1));
const SLOW = { propagationMs: 1_500 };

/** What is the likeliest reason, when, whether the fault was seen not to act, and what else is said of it. */
const CASES: readonly [FindingCode, string, 'contradicted' | 'not-proven', RegExp, ExplainedCase][] = [
  [
    'NO_SIDECAR',
    'the callers were started again without sidecars',
    'not-proven',
    /No pod with labels app=productpage has a sidecar/,
    { faults: details(', from: { labels: { app: productpage } }'), meanwhile: stripProductpage },
  ],
  [
    'BARE_CALLERS',
    'the one caller of many pods was started again without a sidecar',
    'not-proven',
    /productpage-v1-\S+ has no proxy: what they call of details/,
    { faults: details(), meanwhile: stripProductpage },
  ],
  [
    'NO_WAYPOINT',
    'the callers went over to ambient mode, and the service has no waypoint',
    'not-proven',
    /are in ambient mode and details has no waypoint/,
    {
      faults: details(', from: { labels: { app: productpage } }'),
      meanwhile: async (sandbox) => {
        await stripProductpage(sandbox);
        const space = sandbox.store.get('namespaces', undefined, 'default') as StoredObject;
        const labels = { ...space.metadata.labels, 'istio.io/dataplane-mode': 'ambient' };
        sandbox.store.update('namespaces', { ...space, metadata: { ...space.metadata, labels } });
      },
    },
  ],
  [
    'GATEWAY_ONLY',
    'the rule was bound to a gateway without mesh',
    'contradicted',
    /VirtualService default\/details names details for gateways only/,
    {
      faults: details(),
      meanwhile: (it) => change(it, RULES, 'details', (spec) => ({ ...spec, gateways: ['bookinfo-gateway'] })),
    },
  ],
  [
    'OTHER_VIRTUALSERVICE',
    'another rule came up that governs the host instead',
    'contradicted',
    /VirtualService default\/first governs calls to details now and carries no fault/,
    {
      faults: details(),
      meanwhile: (it) => createRule(it, 'first', { hosts: ['details'], exportTo: ['.'], http: [toDetails] }),
    },
  ],
  [
    'ROUTE_IN_FRONT',
    'a catch-all came before the fault',
    'contradicted',
    /route "all" takes every request before the fault's routes do/,
    {
      faults: details(),
      meanwhile: (it) => updateRoutes(it, 'details', (routes) => [{ name: 'all', ...toDetails }, ...routes]),
    },
  ],
  [
    'FAULT_ALTERED',
    'the percentage went missing',
    'contradicted',
    /has no percentage for its abort now, which Istio takes for 0 %/,
    {
      faults: details(),
      meanwhile: (it) =>
        updateRoutes(it, 'details', ([ours, ...others]) => [
          { ...(ours as Json), fault: { abort: { httpStatus: 555 } } },
          ...others,
        ]),
    },
  ],
  [
    'FAULT_OVER',
    'somebody put the rule back',
    'contradicted',
    /does not carry the fault any more: somebody took it out/,
    { faults: details(), meanwhile: (it) => updateRoutes(it, 'details', (routes) => routes.slice(1)) },
  ],
  [
    'PORT_NOT_HTTP',
    'the port is not HTTP any more',
    'not-proven',
    /has no HTTP port: 9080 \(tcp\)/,
    {
      faults: details(),
      meanwhile: (it) =>
        change(it, 'services', 'details', (spec) => ({ ...spec, ports: [{ name: 'tcp', port: 9080 }] })),
    },
  ],
  [
    'SUBSET_EMPTY',
    'the version that the user is routed to has no pods any more',
    'not-proven',
    /VirtualService default\/reviews, .*leads to subset v2 of reviews, and no running pod has its labels/,
    {
      faults: asJason,
      meanwhile: async (sandbox) => {
        scale(sandbox, 'reviews-v2', 0);
        const isV2 = ({ metadata }: StoredObject): boolean => metadata.labels?.['version'] === 'v2';
        await until('reviews v2 is gone', () => !sandbox.store.list('pods', 'default').some(isV2), 30_000);
      },
    },
  ],
  [
    'CALLERS_IDLE',
    'the user is routed to a version that never calls the service',
    'not-proven',
    /\d+ requests? in \S+ s were served by v1 of reviews \(reviews-v1-\S+\), and its proxy sent none to ratings; v2, v3 of reviews served none/,
    { faults: asJason, before: allToV1 },
  ],
  [
    'OTHER_CALLERS',
    'the version named in `from` is not the one that is asked',
    'not-proven',
    /requests? of default\/reviews-v2-\S+ to ratings passed meanwhile, and the fault is not for this caller/,
    { faults: asJason.replace('ratings,', 'ratings, from: { labels: { app: reviews, version: v3 } },') },
  ],
  [
    'NO_REQUESTS',
    'nobody asks for anything that depends on the service',
    'not-proven',
    /sent a request to ratings: not since the fault is in/,
    { faults: ratings('path: /api/v1/products/0/details') },
  ],
  [
    'MATCH_NOT_SEEN',
    'no request carries the header of the match',
    'not-proven',
    /the fault is for end-user=jason only\. No request is sent with end-user, and none has a session/,
    { faults: details(', match: { headers: { end-user: { exact: jason } } }') },
  ],
  [
    'MATCH_NOT_SEEN',
    'the session is logged in as somebody else',
    'not-proven',
    /the fault is for end-user=clara only\. It has to come from session jason: see that it is logged in as that user/,
    {
      faults: details(
        ', match: { headers: { end-user: { exact: clara } } }',
        'path: /api/v1/products/0, session: jason',
      ),
    },
  ],
  [
    'MATCH_NOT_SEEN',
    'a service on the way does not hand the header on',
    'not-proven',
    /The requests are sent with x-test: a service on the way does not hand it on/,
    {
      faults: details(
        ', match: { headers: { x-test: { exact: a } } }',
        'path: /api/v1/products/0, headers: { X-Test: a }',
      ),
    },
  ],
  [
    'SHARE_TOO_RARE',
    'the share is so small that none need have been hit',
    'not-proven',
    /requests? of the callers to details passed, and the fault hits 0\.01%: it takes \d+ to be sure/,
    { faults: details(', percentage: 0.01') },
  ],
  [
    'PROOF_BLIND',
    'requests are hit and the proof asks for something else',
    'contradicted',
    /proxies say that \d+ of \d+ requests to details were hit, and the proof probe was not positive/,
    {
      faults: details().replace('status: 555 }\n', 'status: 556 }\n').replace('status: 555 } }', 'status: 556 } }'),
    },
  ],
  [
    'CONTROL_PLANE_DOWN',
    'istiod is not ready and the proxies hear nothing',
    'contradicted',
    /None of \d istiod pods is ready/,
    {
      faults: details(),
      options: SLOW,
      meanwhile: async (sandbox) => {
        await holdIstiod(sandbox);
        return keepBusy(sandbox);
      },
    },
  ],
  [
    'EFFECT_LATE',
    'the proxies learn of the fault only when its time is over',
    'not-proven',
    /(?:was|were) hit, but only after the time that the effect is given/,
    { faults: details(), options: { propagationMs: 1_700 }, deadline: 300 },
  ],
];

/** What a preflight sees stops the run instead. */
const REFUSED: readonly [FindingCode, string, ExplainedCase][] = [
  [
    'NO_SIDECAR',
    'the callers run without sidecars',
    { faults: details(', from: { labels: { app: productpage } }'), before: stripProductpage },
  ],
  [
    'PORT_NOT_HTTP',
    'the port is not HTTP',
    {
      faults: details(),
      before: (it) => change(it, 'services', 'details', (spec) => ({ ...spec, ports: [{ name: 'tcp', port: 9080 }] })),
    },
  ],
  [
    'NO_ROUTE',
    'a catch-all that leads elsewhere comes first',
    {
      faults: details(),
      before: (it) =>
        updateRoutes(it, 'details', (routes) => [{ route: [{ destination: { host: 'reviews' } }] }, ...routes]),
    },
  ],
  ['CONTROL_PLANE_DOWN', 'istiod is not ready', { faults: details(), before: holdIstiod }],
];

const told = new Map<ExplainedCase, Explained>();
const inOrder: ExplainedCase = { faults: details(), options: SLOW, meanwhile: keepBusy };

beforeAll(async () => {
  const limit = pLimit(4);
  const all = [...CASES.map(([, , , , it]) => it), ...REFUSED.map(([, , it]) => it), inOrder];
  await Promise.all(all.map(async (it) => limit(async () => told.set(it, await explainedRun(it)))));
}, 300_000);

describe('on the sandbox, a fault that is not shown to bite', () => {
  it.each(CASES)('is most likely explained by %s when %s', (code, _when, proof, says, it) => {
    const { exitCode, verdict, reasons, codes, junit, terminal, ...found } = told.get(it)!;
    expect({ exitCode, verdict }, terminal).toEqual({ exitCode: EXIT.inconclusive, verdict: 'inconclusive' });
    expect({ proof: found.proof, code: codes[0] }, reasons.join('\n')).toEqual({ proof, code });
    const page = `(${pageOf(code)})`;
    for (const place of [reasons.join('\n'), junit.replaceAll('&quot;', '"'), terminal]) {
      expect(place).toMatch(says);
      expect(place).toContain(page);
    }
  });

  it.each(REFUSED)('is not even injected: %s when %s', (code, _when, it) => {
    const { exitCode, proof, findings, terminal, junit } = told.get(it)!;
    expect({ exitCode, proof }, terminal).toEqual({ exitCode: EXIT.environment, proof: undefined });
    expect(findings).toContain(code);
    expect(terminal).toContain(`error ${code}: `);
    expect(junit).toMatch(/<error /);
  });

  it('has no reason made up where everything is in order, and what was looked at is said', () => {
    const { verdict, proof, codes, contradiction, reasons, terminal } = told.get(inOrder)!;
    expect({ verdict, proof, codes }).toEqual({ verdict: 'inconclusive', proof: 'contradicted', codes: [] });
    expect(contradiction).toMatch(
      /^\d+ requests of the callers to details passed after the time for its proof and none was hit/,
    );
    const looked =
      /nothing found by looking at: istiod; Service details; \d+ callers with a proxy, .*; \d+ VirtualServices/;
    expect(reasons.join('\n')).toMatch(looked);
    expect(terminal).toMatch(looked);
  });
});
