import type { Ingress } from '../../src/cluster/ingress.ts';
import type { Expectation, HttpRequestSpec, HypothesisProbe } from '../../src/model/hypothesis.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { Threshold } from '../../src/model/threshold.ts';

/** A plain GET with every default of the file format. */
export function newRequest(overrides: Partial<HttpRequestSpec> = {}): HttpRequestSpec {
  return {
    method: 'GET',
    path: '/',
    query: {},
    headers: {},
    timeout: 10_000,
    followRedirects: false,
    freshConnection: false,
    insecure: false,
    ...overrides,
  };
}

/** A probe at 2 requests a second that must hold in every phase. */
export function newProbe(overrides: Partial<HypothesisProbe> = {}): HypothesisProbe {
  return {
    name: 'page',
    http: newRequest(),
    pacing: { kind: 'open', perSecond: 2, maxInFlight: 1000 },
    expect: {},
    during: ['baseline', 'fault', 'recovery'],
    line: 1,
    ...overrides,
  };
}

/** `number` answers of 200 after `latency` ms each, due every half second; `overrides` may depend on the index. */
export function newSamples(
  number: number,
  overrides: Partial<Sample> | ((index: number) => Partial<Sample>) = {},
  latency = 10,
): Sample[] {
  return Array.from({ length: number }, (_, index) => {
    const own = typeof overrides === 'function' ? overrides(index) : overrides;
    const due = own.due ?? index * 500;
    return { due, sent: due + 0.5, end: due + latency, status: 200, ...own };
  });
}

/** A limit in the unit it is judged in (shares 0..1, times in ms). */
export function limit(op: '<' | '<=' | '>' | '>=' | '==', value: number, text = `${op} ${value}`): Threshold {
  return { kind: 'compare', op, value, text };
}

export const NOTHING_EXPECTED: Expectation = {};

/** An ingress on loopback. */
export function ingressAt(port: number, overrides: Partial<Ingress> = {}): Ingress {
  return { scheme: 'http', address: '127.0.0.1', port, host: 'shop.test', how: 'a test server', ...overrides };
}
