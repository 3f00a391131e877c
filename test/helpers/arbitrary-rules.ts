import * as fc from 'fast-check';
import type { IstioFaultSpec } from '../../src/model/fault.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { virtualService } from './istio-world.ts';

/** Small alphabets, so that the conditions of routes and faults often meet. */
const header = fc.constantFrom(
  { exact: 'jason' },
  { exact: 'bob' },
  { prefix: 'ja' },
  { regex: 'j.*' },
  { regex: 'j[a-z]+' },
  {},
);
const uri = fc.constantFrom(
  { exact: '/a' },
  { prefix: '/' },
  { prefix: '/a' },
  { prefix: '/ab' },
  { regex: '/a.*' },
  { regex: '.*' },
);
const negation = fc.constantFrom({ exact: 'a' }, {}, { prefix: 'b' });

const requestFields = {
  headers: fc.dictionary(fc.constantFrom('end-user', 'x'), header, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
  uri,
  method: fc.constantFrom({ exact: 'GET' }, { exact: 'POST' }),
  withoutHeaders: negation.map((one) => ({ x: one })),
  queryParams: fc.constantFrom({ v: { exact: '1' } }, { v: {} }),
  port: fc.constantFrom(9080),
};

const block = fc.record(
  {
    ...requestFields,
    ignoreUriCase: fc.boolean(),
    sourceLabels: fc.constantFrom({ app: 'reviews' }, { app: 'productpage' }),
    sourceNamespace: fc.constantFrom('default', 'other'),
    gateways: fc.constantFrom(['mesh'], ['gw'], ['gw', 'mesh']),
  },
  { requiredKeys: [] },
);

const destinations = fc.constantFrom(
  [{ destination: { host: 'ratings', subset: 'v1' } }],
  [{ destination: { port: { number: 9080 }, host: 'ratings.default.svc.cluster.local' } }],
  [
    { weight: 90, destination: { host: 'ratings', subset: 'v1' } },
    { weight: 10, destination: { host: 'reviews' } },
  ],
  [{ destination: { host: 'reviews' } }],
);

const common = {
  name: fc.constantFrom('one', 'two', 'holdfast'),
  match: fc.array(block, { minLength: 1, maxLength: 2 }),
  timeout: fc.constantFrom('2s', '500ms'),
  'x-unknown': fc.jsonValue({ maxDepth: 1 }),
};

const forward = fc.record(
  {
    ...common,
    route: destinations,
    retries: fc.constant({ attempts: 2 }),
    fault: fc.constant({ abort: { httpStatus: 418, percentage: { value: 1 } } }),
  },
  { requiredKeys: ['route'] },
);
const plainForward = fc.record({ ...common, route: destinations }, { requiredKeys: ['route'] });
const redirect = fc.record({ ...common, redirect: fc.constant({ uri: '/elsewhere' }) }, { requiredKeys: ['redirect'] });
const delegating = fc.record({ ...common, delegate: fc.constant({ name: 'inner' }) }, { requiredKeys: ['delegate'] });

const shuffled = <T extends object>(one: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  one.chain((value) =>
    fc
      .shuffledSubarray(Object.entries(value), { minLength: Object.keys(value).length })
      .map((entries) => Object.fromEntries(entries) as T),
  );

const routes = fc.array(
  shuffled<object>(
    fc.oneof(
      { weight: 6, arbitrary: plainForward },
      { weight: 1, arbitrary: forward },
      { weight: 1, arbitrary: redirect },
      { weight: 1, arbitrary: delegating },
    ),
  ),
  { minLength: 1, maxLength: 4 },
);

const metadata = fc.record(
  {
    labels: fc.constantFrom({ team: 'blue' }, { 'app.kubernetes.io/managed-by': 'Helm' }),
    annotations: fc.constantFrom({ note: 'x' }, { b: '1', a: '2' }),
  },
  { requiredKeys: [] },
);

const spec = shuffled(
  fc.record(
    {
      hosts: fc.constantFrom(['ratings'], ['ratings.default.svc.cluster.local'], ['ratings', 'reviews']),
      http: routes,
      gateways: fc.constantFrom(['mesh'], ['gw'], ['gw', 'mesh'], ['mesh', 'gw']),
      exportTo: fc.constantFrom(['*'], ['.'], ['default'], ['other']),
      tcp: fc.constant([{ route: [{ destination: { host: 'ratings' } }] }]),
    },
    { requiredKeys: ['hosts', 'http'] },
  ),
);

/** One or two VirtualServices around the host `ratings`, and a delegate that their routes may name. */
export const rules: fc.Arbitrary<readonly KubernetesObject[]> = fc
  .tuple(
    fc.array(fc.tuple(spec, metadata), { minLength: 0, maxLength: 2 }),
    fc.array(plainForward, { minLength: 1, maxLength: 2 }),
  )
  .map(([specs, inner]) => [
    ...specs.map(([one, meta], index) => virtualService(`vs-${index}`, one, meta)),
    virtualService('inner', { http: inner }),
  ]);

/** Istio faults on `ratings`. */
export const faultSpecs: fc.Arbitrary<Partial<IstioFaultSpec>> = fc
  .record(
    {
      match: fc.record(requestFields, { requiredKeys: [] }),
      from: fc.constantFrom({ app: 'reviews' }),
      gateway: fc.boolean(),
      replace: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .map(({ from, gateway, ...rest }) => ({ ...rest, ...(from && !gateway && { from }), ...(gateway && { gateway }) }));

/** Every request that the alphabets can tell apart. */
export const requests = ['GET', 'POST'].flatMap((method) =>
  ['/', '/a', '/ab', '/A', '/c'].flatMap((path) =>
    [undefined, 'jason', 'bob', 'jack'].flatMap((user) =>
      [undefined, 'a', 'b'].flatMap((x) =>
        ['', 'v=1'].map((query) => ({
          method,
          path,
          query,
          scheme: 'http',
          authority: 'ratings:9080',
          headers: [
            ...(user === undefined ? [] : [['end-user', user] as const]),
            ...(x === undefined ? [] : [['x', x] as const]),
          ],
        })),
      ),
    ),
  ),
);
