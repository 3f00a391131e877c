import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import type { IstioFaultSpec } from '../../../src/model/fault.ts';
import { FINDING_CODES, type FindingCode } from '../../../src/model/finding-codes.ts';
import type { StoredObject } from '../../../src/sandbox/store.ts';
import { experiment, fault } from '../../helpers/istio-world.ts';
import { type MeshOnSandbox, meshObject, startMeshOnSandbox } from '../../helpers/mesh-on-sandbox.ts';

const ISTIO = 'networking.istio.io/v1';
const driver = createIstioDriver();

let mesh: MeshOnSandbox;

beforeAll(async () => {
  mesh = await startMeshOnSandbox();
});
afterAll(async () => mesh.close());
beforeEach(() => mesh.restore());

interface Case {
  /** Done to the cluster before. */
  readonly done?: () => void;
  readonly spec?: Partial<IstioFaultSpec>;
  readonly namespace?: string;
}

async function look({ done, spec = {}, namespace = 'default' }: Case) {
  done?.();
  const what = fault({ service: 'details', ...spec });
  const { findings } = await driver.preflight('r1', what, { ...experiment(what), namespace }, mesh.context);
  return findings;
}

const rule = (name: string, spec: Readonly<Record<string, unknown>>, metadata = {}): StoredObject =>
  meshObject(ISTIO, 'VirtualService', name, { hosts: ['details'], http: [to('v1')], ...spec }, metadata);
const to = (subset?: string) => ({ route: [{ destination: { host: 'details', ...(subset && { subset }) } }] });
const spec = (kind: string, name: string) => mesh.get(kind, name)['spec'] as Readonly<Record<string, unknown>>;
const changed = (
  kind: string,
  name: string,
  change: Readonly<Record<string, unknown>>,
  metadata = {},
): StoredObject => {
  const object = mesh.get(kind, name);
  return { ...object, metadata: { ...object.metadata, ...metadata }, spec: { ...spec(kind, name), ...change } };
};

const CASES: readonly [FindingCode, string, Case][] = [
  [
    'NO_SIDECAR',
    'the only client in the namespace has no proxy',
    { namespace: 'bare', spec: { service: 'details.default' } },
  ],
  ['SOME_UNMESHED', 'one of the clients refuses injection', { spec: { from: { app: 'client' } } }],
  ['NO_CALLERS', 'nobody has the labels', { spec: { from: { app: 'nobody' } } }],
  [
    'CALLERS_UNROUTED',
    'no route leads to reviews v3, which would call',
    { spec: { service: 'ratings', from: { app: 'reviews', version: 'v3' } } },
  ],
  [
    'INJECTION_CONFLICT',
    'the namespace asks two control planes',
    {
      done: () => {
        const space = mesh.get('Namespace', 'default');
        const labels = { ...space.metadata.labels, 'istio.io/rev': 'canary' };
        mesh.put({ ...space, metadata: { ...space.metadata, labels } });
      },
    },
  ],
  ['NO_SERVICE', 'there is no such Service', { spec: { service: 'detials' } }],
  [
    'NO_ENDPOINTS',
    'its selector means nobody',
    {
      done: () =>
        mesh.put(
          meshObject('v1', 'Service', 'lonely', { selector: { server: 'x' }, ports: [{ name: 'http', port: 80 }] }),
        ),
      spec: { service: 'lonely' },
    },
  ],
  [
    'PORT_NOT_HTTP',
    'its port says tcp',
    { done: () => mesh.put(changed('Service', 'details', { ports: [{ name: 'tcp', port: 9080, protocol: 'TCP' }] })) },
  ],
  [
    'SERVICE_HIDDEN',
    'the Service is exported to others',
    {
      done: () =>
        mesh.put(changed('Service', 'details', {}, { annotations: { 'networking.istio.io/exportTo': 'elsewhere' } })),
    },
  ],
  [
    'SUBSET_MISSING',
    'a route leads to a subset nobody defines',
    { done: () => mesh.put(changed('VirtualService', 'details', { http: [to('v9')] })) },
  ],
  [
    'SUBSET_EMPTY',
    'a route leads to details v2, which does not run',
    { done: () => mesh.put(changed('VirtualService', 'details', { http: [to('v2')] })) },
  ],
  [
    'OUTLIER_BLIND',
    'the DestinationRule ejects failing hosts',
    {
      done: () =>
        mesh.put(changed('DestinationRule', 'details', { trafficPolicy: { outlierDetection: { interval: '1s' } } })),
    },
  ],
  [
    'GATEWAY_ONLY',
    'the rule for the host is bound to the gateway',
    {
      done: () => mesh.put(changed('VirtualService', 'details', { gateways: ['bookinfo-gateway'] })),
    },
  ],
  ['GATEWAY_UNTOUCHED', 'only the gateway calls productpage', { spec: { service: 'productpage' } }],
  ['OTHER_VIRTUALSERVICE', 'a younger rule names the host too', { done: () => mesh.put(rule('younger', {})) }],
  [
    'NOT_EXPORTED',
    'the rule is for another namespace',
    { done: () => mesh.put(changed('VirtualService', 'details', { exportTo: ['elsewhere'] })) },
  ],
  [
    'HOST_ALIAS',
    'a rule names it as details.default',
    { done: () => mesh.put(rule('alias', { hosts: ['details.default'] })) },
  ],
  [
    'ROUTE_SHADOWED',
    'a catch-all comes first',
    {
      done: () =>
        mesh.put(
          changed('VirtualService', 'details', {
            http: [to('v1'), { match: [{ uri: { prefix: '/details' } }], ...to('v1') }],
          }),
        ),
    },
  ],
  [
    'NO_ROUTE',
    'the catch-all before it leads elsewhere',
    {
      done: () =>
        mesh.put(
          changed('VirtualService', 'details', {
            http: [{ route: [{ destination: { host: 'reviews' } }] }, to('v1')],
          }),
        ),
    },
  ],
  [
    'FAULT_ON_ROUTE',
    'somebody faults the route already',
    {
      done: () =>
        mesh.put(
          changed('VirtualService', 'details', {
            http: [{ fault: { abort: { httpStatus: 500, percentage: { value: 1 } } }, ...to('v1') }],
          }),
        ),
    },
  ],
  [
    'ROUTE_TIMEOUT_BLIND',
    'the route has a timeout',
    { done: () => mesh.put(changed('VirtualService', 'details', { http: [{ timeout: '1s', ...to('v1') }] })) },
  ],
  [
    'OWNED',
    'Kustomize says it manages the rule',
    {
      done: () =>
        mesh.put(changed('VirtualService', 'details', {}, { labels: { 'app.kubernetes.io/managed-by': 'kustomize' } })),
    },
  ],
  [
    'FLAGGER_OWNED',
    'a Canary is for the service',
    { done: () => mesh.put(meshObject('flagger.app/v1', 'Canary', 'details', { targetRef: { name: 'details' } })) },
  ],
  [
    'STRICT_MTLS',
    'the callers without sidecar are cut off',
    {
      done: () => mesh.put(strict('default')),
      namespace: 'bare',
      spec: { service: 'details.default' },
    },
  ],
  [
    'OUT_OF_SCOPE',
    'the proxies are told of another namespace only',
    {
      done: () =>
        mesh.put(meshObject(ISTIO, 'Sidecar', 'default', { egress: [{ hosts: ['bare/*', 'istio-system/*'] }] })),
    },
  ],
  [
    'SOME_OUT_OF_SCOPE',
    'the proxy of one caller is told of another namespace only',
    {
      done: () =>
        mesh.put(
          meshObject(ISTIO, 'Sidecar', 'narrow', {
            workloadSelector: { labels: { app: 'ratings' } },
            egress: [{ hosts: ['./ratings.default.svc.cluster.local'] }],
          }),
        ),
    },
  ],
  [
    'GATEWAY_MISSING',
    'a rule is bound to a Gateway that is gone',
    {
      done: () => mesh.put(rule('outside', { hosts: ['*'], gateways: ['gone', 'bookinfo-gateway'] })),
      spec: { gateway: true },
    },
  ],
  [
    'HOST_NOT_IN_GATEWAY',
    'the Gateway is for another host',
    {
      done: () =>
        mesh.put(
          rule('outside', { hosts: ['shop.example.com'], gateways: ['bookinfo-gateway'] }),
          changed('Gateway', 'bookinfo-gateway', {
            servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['other.example.com'] }],
          }),
        ),
      spec: { gateway: true },
    },
  ],
  ['NO_GATEWAY_ROUTE', 'nothing at the gateway leads to details', { spec: { gateway: true } }],
  [
    'VALIDATION_OFF',
    'the webhook lets everything pass',
    {
      done: () => {
        const webhook = mesh.get('ValidatingWebhookConfiguration', 'istio-validator-istio-system');
        const [first] = webhook['webhooks'] as readonly object[];
        mesh.put({ ...webhook, webhooks: [{ ...first, failurePolicy: 'Ignore' }] });
      },
    },
  ],
];

const strict = (namespace: string): StoredObject =>
  meshObject('security.istio.io/v1', 'PeerAuthentication', 'strict', { mtls: { mode: 'STRICT' } }, { namespace });

describe('on a mesh, the preflight of an Istio fault', () => {
  it('finds nothing wrong where nothing is wrong', async () => {
    expect(await look({})).toEqual([]);
    expect(await look({ spec: { service: 'ratings', from: { app: 'reviews', version: 'v2' } } })).toEqual([]);
    expect(await look({ spec: { service: 'productpage', gateway: true } })).toEqual([]);
  });

  it.each(CASES)('says %s when %s', async (code, _what, it) => {
    const found = (await look(it)).filter((finding) => finding.code === code);
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe(FINDING_CODES[code].severity);
    // The same without what was done is said of nothing that was not there before.
    mesh.restore();
    if (it.done !== undefined)
      expect((await look({ ...it, done: undefined })).map((one) => one.code)).not.toContain(code);
  });
});
