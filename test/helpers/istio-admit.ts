import { istioAdmission, type IstioAnswer } from '../../src/sandbox/istio-validation/istio-admission.ts';

export type Fields = Readonly<Record<string, unknown>>;

const GROUP = 'networking.istio.io';
export const ROUTE = [{ destination: { host: 'ratings' } }];

export function admit(resource: string, kind: string, spec: unknown, istioMinor: number): IstioAnswer {
  const object = { apiVersion: `${GROUP}/v1`, kind, metadata: { namespace: 'default', name: 'x' }, spec };
  return istioAdmission({ istioMinor })('CREATE', `${resource}.${GROUP}`, object);
}

export const virtualService = (spec: unknown, istioMinor = 24): IstioAnswer =>
  admit('virtualservices', 'VirtualService', spec, istioMinor);
export const destinationRule = (spec: unknown, istioMinor = 24): IstioAnswer =>
  admit('destinationrules', 'DestinationRule', spec, istioMinor);
export const gateway = (spec: unknown, istioMinor = 24): IstioAnswer => admit('gateways', 'Gateway', spec, istioMinor);

/** A VirtualService with one HTTP route. */
export const withRoute = (route: Fields, istioMinor = 24): IstioAnswer =>
  virtualService({ hosts: ['ratings'], http: [{ route: ROUTE, ...route }] }, istioMinor);
export const withFault = (fault: Fields, istioMinor = 24): IstioAnswer => withRoute({ fault }, istioMinor);
export const withMatch = (match: Fields): IstioAnswer => withRoute({ match: [match] });
