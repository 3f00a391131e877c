import { describe, expect, it } from 'vitest';
import { experimentText } from '../helpers/experiment-text.ts';
import { loadFolder, loadText } from '../helpers/load-text.ts';

const WHOLE = `apiVersion: holdfast.dev/v1alpha1
kind: Experiment
metadata:
  name: ratings-delay-7s
  labels: {app: bookinfo, suite: nightly}
spec:
  description: Ratings answers 7 s late for jason.
  namespace: shop
  ingress: {gateway: web/bookinfo-gateway, host: bookinfo.example.com, url: 'http://192.0.2.1:31966'}
  sessions:
    jason: {login: {method: post, path: /login, form: {username: jason, pin: 42}}, headers: {x-team: a}}
  setup:
    - apply: ../manifests/v2.yaml
  phases: {baseline: 4s, fault: 20s, recovery: {within: 1m, stable: 2s}}
  hypothesis:
    - name: page
      http: {path: /productpage, query: {u: normal}, session: jason, timeout: 5s, followRedirects: true, insecure: true}
      rate: 2/s
      maxInFlight: 50
      expect:
        status: [200, 3xx]
        within: 3s
        body: {contains: Reviewer1, excludes: [Error, Sorry], matches: '<h1>.*</h1>', json: {$.a: [1]}}
        headers: {Content-Type: {contains: html}, X-A: b, x-c: {matches: ^d$}, x-e: {present: false}}
        good: '>= 99%'
        latency: {p95: < 2.5s}
        statuses: {503: 10% .. 90%}
        errors: {timeout: < 5%}
      during: [baseline, fault]
      underFault: {expect: {body: {contains: unavailable}}}
    - name: burst
      http: {method: PUT, path: /x, json: {a: [1, null]}, headers: {X-Y: z}, freshConnection: true}
      rate: {concurrency: 3, requests: 30}
      expect: {status: 2xx}
  faults:
    - name: slow and broken
      delay:
        service: ratings
        fixedDelay: 7s
        percentage: 50.5
        match: {headers: {End-User: {exact: jason}}, uri: {prefix: /r}, port: 9080, ignoreUriCase: true}
        from: {labels: {app: reviews}}
        gateway: true
        replace: true
      abort: {grpcStatus: UNAVAILABLE}
      startAfter: 5s
      duration: 10s
      proof:
        http: {path: /api/v1/products/0/ratings, session: jason}
        expect: {latency: {min: '>= 2.9s'}}
  expected: {verdict: failed, because: reviews v2 waits 10 s for ratings}
`;

const MANIFEST =
  'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n';

describe('loading an experiment', () => {
  it('reads every key into the model, units and defaults resolved', async () => {
    const files = { 'exp/a.yaml': WHOLE, 'manifests/v2.yaml': MANIFEST };
    const { experiments, printed } = await loadFolder(files, ['exp']);
    expect(printed).toBe('');
    const request = {
      query: {},
      headers: {},
      timeout: 10_000,
      followRedirects: false,
      freshConnection: false,
      insecure: false,
    };
    expect(experiments.map(({ places: _places, ...rest }) => rest)).toStrictEqual([
      {
        name: 'ratings-delay-7s',
        labels: { app: 'bookinfo', suite: 'nightly' },
        description: 'Ratings answers 7 s late for jason.',
        source: { file: 'exp/a.yaml', line: 1, column: 1 },
        namespace: 'shop',
        ingress: { gateway: 'web/bookinfo-gateway', host: 'bookinfo.example.com', url: 'http://192.0.2.1:31966' },
        sessions: {
          jason: {
            login: {
              ...request,
              method: 'POST',
              path: '/login',
              body: { kind: 'form', form: { username: 'jason', pin: '42' } },
            },
            headers: { 'x-team': 'a' },
          },
        },
        setup: [
          {
            file: 'manifests/v2.yaml',
            objects: [
              { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } },
              { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' } },
            ],
          },
        ],
        phases: { baseline: 4000, fault: 20_000, recovery: { within: 60_000, stable: 2000 } },
        hypothesis: [
          {
            name: 'page',
            line: 16,
            http: {
              ...request,
              method: 'GET',
              path: '/productpage',
              query: { u: 'normal' },
              session: 'jason',
              timeout: 5000,
              followRedirects: true,
              insecure: true,
            },
            pacing: { kind: 'open', perSecond: 2, maxInFlight: 50 },
            expect: {
              good: { kind: 'compare', op: '>=', value: 0.99, text: '>= 99%' },
              status: [
                { kind: 'exact', status: 200 },
                { kind: 'class', digit: 3 },
              ],
              within: 3000,
              body: {
                contains: ['Reviewer1'],
                excludes: ['Error', 'Sorry'],
                matches: ['<h1>.*</h1>'],
                json: { '$.a': [1] },
              },
              headers: {
                'content-type': { kind: 'contains', value: 'html' },
                'x-a': { kind: 'equals', value: 'b' },
                'x-c': { kind: 'matches', pattern: '^d$' },
                'x-e': { kind: 'present', present: false },
              },
              latency: { p95: { kind: 'compare', op: '<', value: 2500, text: '< 2.5s' } },
              statuses: { '503': { kind: 'range', low: 0.1, high: 0.9, text: '10% .. 90%' } },
              errors: { timeout: { kind: 'compare', op: '<', value: 0.05, text: '< 5%' } },
            },
            during: ['baseline', 'fault'],
            underFault: { body: { contains: ['unavailable'], excludes: [], matches: [], json: {} } },
          },
          {
            name: 'burst',
            line: 31,
            http: {
              ...request,
              method: 'PUT',
              path: '/x',
              headers: { 'X-Y': 'z' },
              body: { kind: 'json', json: { a: [1, null] } },
              freshConnection: true,
            },
            pacing: { kind: 'closed', concurrency: 3, requests: 30 },
            expect: {
              good: { kind: 'compare', op: '>=', value: 1, text: '>= 100%' },
              status: [{ kind: 'class', digit: 2 }],
            },
            during: ['baseline', 'fault', 'recovery'],
          },
        ],
        faults: [
          {
            name: 'slow and broken',
            line: 36,
            startAfter: 5000,
            duration: 10_000,
            proof: {
              http: { ...request, method: 'GET', path: '/api/v1/products/0/ratings', session: 'jason' },
              expect: { latency: { min: { kind: 'compare', op: '>=', value: 2900, text: '>= 2.9s' } } },
            },
            spec: {
              driver: 'istio',
              service: 'ratings',
              gateway: true,
              match: {
                headers: { 'end-user': { exact: 'jason' } },
                uri: { prefix: '/r' },
                port: 9080,
                ignoreUriCase: true,
              },
              from: { app: 'reviews' },
              replace: true,
              delay: { fixedDelay: 7000, percentage: 50.5 },
              abort: { grpcStatus: 'UNAVAILABLE', percentage: 100 },
            },
          },
        ],
        expected: { verdict: 'failed', because: 'reviews v2 waits 10 s for ratings' },
      },
    ]);
  });

  it('fills in what a short file leaves out', async () => {
    const { experiments, printed } = await loadText(experimentText());
    expect(printed).toBe('');
    expect(experiments[0]).toMatchObject({
      labels: {},
      description: '',
      namespace: 'default',
      ingress: {},
      sessions: {},
      setup: [],
      phases: { baseline: 5000, fault: 30_000, recovery: { within: 30_000, stable: 3000 } },
      hypothesis: [
        {
          http: { method: 'GET', timeout: 10_000, followRedirects: false, freshConnection: false, insecure: false },
          pacing: { kind: 'open', perSecond: 1, maxInFlight: 1000 },
          during: ['baseline', 'fault', 'recovery'],
        },
      ],
      faults: [
        {
          startAfter: 0,
          spec: { gateway: false, match: {}, replace: false, abort: { httpStatus: 503, percentage: 100 } },
        },
      ],
    });
    expect(experiments[0]).not.toHaveProperty('expected');
  });

  it('takes the namespace of the flag where the file names none', async () => {
    const { experiments } = await loadText(experimentText(), { namespace: 'shop' });
    expect(experiments[0]?.namespace).toBe('shop');
    const named = await loadText(experimentText({ spec: '  namespace: web' }), { namespace: 'shop' });
    expect(named.experiments[0]?.namespace).toBe('web');
  });

  it('takes the labels of callers with and without the word labels', async () => {
    const fault = (from: string) => `    - {name: a, abort: {service: ratings, httpStatus: 503, from: ${from}}}`;
    const long = await loadText(experimentText({ fault: fault('{labels: {app: reviews}}') }));
    const short = await loadText(experimentText({ fault: fault('{app: reviews}') }));
    expect(long.experiments[0]?.faults[0]?.spec).toMatchObject({ from: { app: 'reviews' } });
    expect(short.experiments[0]?.faults[0]?.spec).toMatchObject({ from: { app: 'reviews' } });
  });

  it('reads JSON with tabs, and several documents of a file with others between them', async () => {
    const json = JSON.stringify(
      {
        $schema: '../schema/experiment.schema.json',
        apiVersion: 'holdfast.dev/v1alpha1',
        kind: 'Experiment',
        metadata: { name: 'from-json' },
        spec: {
          hypothesis: [{ name: 'p', http: { path: '/' }, expect: { status: 200 } }],
          faults: [{ name: 'f', delay: { service: 'a', fixedDelay: '1s' } }],
        },
      },
      null,
      '\t',
    );
    const yaml = `${experimentText({ name: 'one' })}---\napiVersion: v1\nkind: Secret\n---\n# nothing\n---\n${experimentText({ name: 'two' })}`;
    const { experiments, printed } = await loadFolder({ 'a.json': json, 'b.yaml': yaml }, ['a.json', 'b.yaml']);
    expect(printed).toBe('');
    expect(experiments.map(({ name, source }) => [name, source.line])).toEqual([
      ['from-json', 1],
      ['one', 1],
      ['two', 19],
    ]);
  });

  it('follows anchors', async () => {
    const probe =
      '    - {name: a, http: &page {path: /productpage}, expect: &ok {status: 200}}\n    - {name: b, http: *page, expect: *ok}';
    const { experiments, printed } = await loadText(experimentText({ probe }));
    expect(printed).toBe('');
    expect(experiments[0]?.hypothesis[1]).toEqual({ ...experiments[0]?.hypothesis[0], name: 'b', line: 8 });
  });
});
