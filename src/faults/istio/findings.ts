import { type FindingTable, findingsOf } from '../findings-of.ts';

/** Every finding of this driver's preflight and validation: its severity and what it means. Documented in docs/drivers/istio.md. */
export const ISTIO_FINDINGS = {
  FAULT_INVALID: ['error', 'The fault cannot be written as an Istio rule.'],
  FAULTS_OVERLAP: [
    'warning',
    'Two faults of the experiment are for the same service; a request gets the first that matches.',
  ],
  FAULTS_ALIKE: ['error', 'Two faults are counted together by the proxies, and one of them has no proof probe.'],
  ISTIO_MISSING: ['error', 'The cluster serves no VirtualServices.'],
  NO_RIGHTS: ['error', 'The identity lacks a right that the fault or its undoing needs.'],
  NO_SERVICE: ['error', 'The service does not exist.'],
  NO_ENDPOINTS: ['error', 'No pod is ready behind the service.'],
  PORT_NOT_HTTP: ['error', 'Istio does not treat the port as HTTP, so HTTP faults are ignored there.'],
  NO_CALLERS: ['error', 'No pod has the labels of `from`, or no gateway pod runs.'],
  NO_SIDECAR: ['error', 'The callers have no proxy, so the rule would do nothing and nobody would say so.'],
  SOME_UNMESHED: ['warning', 'Some of the callers have no proxy and will not see the fault.'],
  AMBIENT: ['error', 'The callers are in ambient mode, where the rule would act elsewhere or not at all.'],
  INJECTION_CONFLICT: ['warning', 'The namespace has two contradictory injection labels.'],
  NO_ROUTE: ['error', 'No route of the governing VirtualService leads these requests to the service.'],
  NO_GATEWAY_ROUTE: ['error', 'No VirtualService that is bound to a gateway leads to the service.'],
  FAULT_ON_ROUTE: ['error', 'A route that would have to carry the fault has one already.'],
  MATCH_UNCLEAR: ['error', "The fault's match and the route's cannot be joined into one Istio match."],
  DELEGATE_SHARED: ['error', 'The delegate is used by several VirtualServices.'],
  FOREIGN_RECORD: ['error', 'Another run holds the object, or left its marks there.'],
  OBJECT_UNFIT: ['error', 'The VirtualService cannot take the undo record.'],
  FLAGGER_OWNED: ['error', 'Flagger owns the VirtualService and rewrites it.'],
  OWNED: ['warning', 'A controller may put the VirtualService back while the fault is in.'],
  OTHER_VIRTUALSERVICE: ['warning', 'Several VirtualServices name the host; sidecars use one of them.'],
  GATEWAY_ONLY: ['warning', 'A VirtualService names the host for gateways only; calls inside the mesh do not use it.'],
  HOST_ALIAS: ['warning', 'A VirtualService names the service by an alias that Istio does not take for it.'],
  ROUTE_ELSEWHERE: ['warning', 'A route of the VirtualService leads to another service and stays as it is.'],
  ROUTE_SPLIT: ['warning', 'A route splits its traffic with another service, which is faulted too.'],
  ROUTE_TIMEOUT_BLIND: ['warning', "A route's own timeout and retries do not see its fault; the previous hop's do."],
  SUBSET_MISSING: ['warning', 'No DestinationRule defines a subset that a route names.'],
  NO_EVIDENCE: ['warning', "The proxies' counters cannot be read, so only a proof probe can show the effect."],
} as const satisfies FindingTable;

/** A finding of this driver; `where` is the object it is about, `VirtualService default/ratings`. */
export const finding = findingsOf(ISTIO_FINDINGS);
