const error = (title: string) => ({ severity: 'error', title }) as const;
const warning = (title: string) => ({ severity: 'warning', title }) as const;

/**
 * Every stable code of a finding: whether it stops a run, and what it means. An error says that the fault cannot be
 * written, cannot bite or would do harm; a warning never stops a run. `docs/findings.md` explains each; a test keeps the
 * two equal.
 */
export const FINDING_CODES = {
  // Any experiment.
  FAULT_INVALID: error('The fault contradicts itself, or whoever carries it out would refuse it.'),
  NO_RIGHTS: error('The identity lacks a right that the experiment, its lock or its undoing needs.'),
  LEFTOVERS_FOUND: error('An earlier run left its marks, and nobody has taken them back.'),
  LEFTOVERS_ELSEWHERE: warning('An earlier run left its marks on something that this experiment does not touch.'),
  POLICY_REFUSED: error('A rule of the policy refuses the experiment.'),
  CONTEXT_PROTECTED: error('The policy protects the context.'),
  NAMESPACE_PROTECTED: error('The policy protects a namespace that the experiment names, writes to or hits.'),
  SETUP_KIND: error('Setup cannot apply an object of this kind, since its leftovers would not be found again.'),
  SETUP_REPEATED: error('An object is in the setup more than once.'),
  SETUP_IMPOSSIBLE: error('An object of the setup cannot be applied.'),

  // Lint: what an experiment looks at, and whether that can tell anything.
  TIMEOUT_TOO_SHORT: error('Requests are ended before they can be as slow as they are waited for.'),
  STATUS_ONLY: warning('A page is looked at by its status only, which hides what is missing in it.'),
  PROOF_HOLDS_ANYWAY: warning('The proof of a fault holds without the fault too.'),
  CANNOT_FAIL: warning('A failure is expected of a hypothesis that asks only for what the fault does.'),
  HEADER_NOT_SENT: warning('The fault is for calls with a header that nobody sends.'),
  GATEWAY_MISSED: warning('No probe makes a request that the fault at the gateway is for.'),
  SESSION_UNUSED: warning('A session is logged in and nobody uses it.'),
  TOO_FEW_REQUESTS: warning('The fault phase is too short for a limit to be shown to hold.'),
  TOO_FEW_HITS: warning('Hardly a request of the hypothesis will be hit by the fault.'),
  RECOVERY_TOO_SHORT: warning('The recovery is given less time than the fault holds requests.'),
  CONNECTION_KEPT: warning('Packets are lost at a node, and no probe makes new connections.'),
  IN_FLIGHT_LIMIT: warning('A probe may need more requests under way at once than it is allowed.'),
  OPEN_FILES_LOW: warning('This process may open few sockets, and each request under way takes one.'),

  // Istio: the mesh itself.
  ISTIO_MISSING: error('The cluster serves no VirtualServices.'),
  CONTROL_PLANE_DOWN: error('No istiod pod is ready, so no proxy would learn of the fault, nor of its end.'),
  CONTROL_PLANE_UNSEEN: warning('No istiod pod was found; the control plane may run outside of this cluster.'),
  VALIDATION_OFF: warning("No webhook validates Istio's objects, or it lets them pass while istiod is away."),

  // Istio: the called service.
  NO_SERVICE: error('The service does not exist.'),
  NO_ENDPOINTS: error('No pod is ready behind the service.'),
  PORT_NOT_HTTP: error('Istio does not treat the port as HTTP, so HTTP faults are ignored there.'),
  SERVICE_HIDDEN: error(
    "The service is not exported to the callers' namespaces, so their proxies have no routes to it.",
  ),
  STRICT_MTLS: warning('Strict mutual TLS resets the calls of pods without a sidecar, with the fault or without.'),
  SUBSET_MISSING: warning('No DestinationRule defines a subset that a route names.'),
  SUBSET_EMPTY: warning('A subset that a route names selects no running pod.'),
  OUTLIER_BLIND: warning(
    'Outlier detection and circuit breakers of the service do not see the fault; it acts before them.',
  ),

  // Istio: the callers.
  NO_CALLERS: error('No running pod could be a caller, or no gateway pod runs.'),
  NO_SIDECAR: error('The callers have no proxy, so the rule would do nothing and nobody would say so.'),
  SOME_UNMESHED: warning('Some of the callers have no proxy and will not see the fault.'),
  AMBIENT: error('The callers are in ambient mode: the rule would act in the waypoint of the service, for everybody.'),
  NO_WAYPOINT: error(
    'The callers are in ambient mode and the service has no waypoint, so nobody would carry out the rule.',
  ),
  INJECTION_CONFLICT: warning('The namespace has two contradictory injection labels.'),
  DOUBLE_INJECTION: warning('A pod has two proxies, or its template brings one and injection adds another.'),
  OUT_OF_SCOPE: error(
    "A Sidecar resource keeps the service out of every caller's proxy, so the rule is not delivered.",
  ),
  SOME_OUT_OF_SCOPE: warning(
    'A Sidecar resource keeps the service out of some of the callers, which will not see the fault.',
  ),
  CALLERS_UNROUTED: warning('No route leads requests to the callers that `from` names, so they may never call.'),

  // Istio: the rules.
  NO_ROUTE: error('No route of the governing VirtualService leads these requests to the service.'),
  NO_GATEWAY_ROUTE: error('No VirtualService that is bound to a gateway leads to the service.'),
  GATEWAY_MISSING: warning('A VirtualService is bound to a Gateway that does not exist.'),
  HOST_NOT_IN_GATEWAY: warning('A Gateway serves none of the hosts of a VirtualService that is bound to it.'),
  GATEWAY_UNTOUCHED: warning('Gateways call the service too, and a fault inside the mesh does not touch their calls.'),
  FAULT_ON_ROUTE: error('A route that would have to carry the fault has one already.'),
  MATCH_UNCLEAR: error("The fault's match and the route's cannot be joined into one Istio match."),
  DELEGATE_SHARED: error('The delegate is used by several VirtualServices.'),
  FOREIGN_RECORD: error('Another run holds the object, or left its marks there.'),
  OBJECT_UNFIT: error('The VirtualService cannot take the undo record.'),
  FLAGGER_OWNED: error('Flagger owns the VirtualService, or that of the service, and rewrites it.'),
  OWNED: warning('A controller may put the VirtualService back while the fault is in.'),
  OTHER_VIRTUALSERVICE: warning('Several VirtualServices name the host; sidecars use one of them.'),
  GATEWAY_ONLY: warning('A VirtualService names the host for gateways only; calls inside the mesh do not use it.'),
  NOT_EXPORTED: warning('A VirtualService names the host and is not exported to the callers, so they do not use it.'),
  HOST_ALIAS: warning('A VirtualService names the service by an alias that Istio does not take for it.'),
  ROUTE_SHADOWED: warning('A route to the service comes after a catch-all, so Istio never uses it.'),
  ROUTE_ELSEWHERE: warning('A route of the VirtualService leads to another service and stays as it is.'),
  ROUTE_SPLIT: warning('A route splits its traffic with another service, which is faulted too.'),
  ROUTE_TIMEOUT_BLIND: warning("A route's own timeout and retries do not see its fault; the previous hop's do."),
  RETRIES_OUTLAST_TIMEOUT: warning("A route's retries take longer than whoever waits for them."),
  RETRIES_THIN: warning('The gateway tries aborted calls again, so fewer come through than are expected.'),
  ENTRANCE_ELSEWHERE: warning('The gateway leads no request of the hypothesis to the routes that get the fault.'),
  FAULTS_OVERLAP: warning(
    'Two faults of the experiment are for the same service; a request gets the first that matches.',
  ),
  FAULTS_ALIKE: error('Two faults are counted together by the proxies, and one of them has no proof probe.'),
  NO_EVIDENCE: warning("The proxies' counters cannot be read, so only a proof probe can show the effect."),

  // ChaosBlade.
  BLADE_MISSING: error('The cluster serves no ChaosBlade resources, or not their status.'),
  OPERATOR_MISSING: error('No operator pod is ready, so nobody would act on the resource.'),
  OPERATOR_VERSION: error('This version of the operator cannot do this experiment.'),
  OPERATOR_UNKNOWN: warning('The version of the operator could not be told.'),
  TOOL_MISSING: error('No tool pod is ready on a node, so the operator could not act there.'),
  TOOL_COPIED: warning('This old operator copies its tool into the container, which must have `tc` and NET_ADMIN.'),
  TOOL_LACKS_IPTABLES: warning('The action needs `iptables`, which the tool image does not bring.'),
  RUNTIME_UNKNOWN: error("The operator does not know the node's container runtime."),
  NOT_CHECKED: warning('The table does not know the flags of this experiment, so they were not checked.'),
  NAMESPACE_IGNORED: warning('Nodes have no namespace; the operator ignores it.'),
  FORCES_DEVICE: warning('With `force` a queueing discipline of somebody else is thrown away.'),
  WHOLE_NODE: error('The fault would hit everything that a node sends, its kubelet included.'),
  TIMEOUT_SHORT: error('The cluster would end the fault before its phase is over.'),
  NO_PROOF_PROBE: warning('Only a proof probe can show the effect: the status of a ChaosBlade resource is none.'),
  NO_NODE: error('A node of that name does not exist.'),
  NODE_NOT_READY: warning('A target node is not ready, so what is seen there need not be the fault.'),
  NO_CONTAINER: error('A target pod has no such container.'),
  NO_TARGET: error('The selection comes to nothing.'),
  POD_NOT_RUNNING: error(
    'A pod that was named runs no container or is being deleted; the operator would skip it silently.',
  ),
  SOME_NOT_RUNNING: warning('Some pods with these labels run no container or are being deleted.'),
  HITS_PROXY: warning("The operator takes a pod's first running container, and that is its proxy."),
  LIVENESS_AT_RISK: warning("The fault hits the pod's liveness probe too; a restarted container is not undone."),
  NODE_PORT_UNKNOWN: error('No Service has this NodePort, so no packet leaves from it.'),
  PORT_NOT_PUBLISHED: warning('No Service has this NodePort; only a process on the host itself could send from it.'),
  DEVICE_TAKEN: error('Another fault shapes the same device; the second one would end the first silently.'),
  NO_REPLICA_LEFT: warning('No ready pod of the controller is left until a new one has started.'),
  UNREPLACED_POD: error('A pod without controller would be gone for good.'),

  // Pods.
  NO_POD: error('A pod of that name does not run, or no running pod has these labels.'),
  SHARE_TOO_SMALL: error('The share of the pods is less than one pod.'),
  BARE_POD: error('No controller would replace the pod.'),
  ALL_REPLICAS: error('An owner would lose all of its ready replicas.'),
  FEWER_PODS: warning('Fewer pods run than are to be killed.'),
  OWNER_SHORT: warning('An owner has fewer ready replicas than it wants already.'),
  HELD_POD: warning('A finalizer will hold the pod back when it is deleted.'),
  DISRUPTION_BUDGET: warning('A PodDisruptionBudget would not allow this; a deletion does not ask it.'),

  // What is found only when a fault was not shown to bite.
  FAULT_OVER: warning('The fault was over, or taken out by somebody, before it was shown to bite.'),
  FAULT_ALTERED: warning('Somebody changed the fault itself: its percentage, its delay or its status.'),
  ROUTE_IN_FRONT: warning("A route that came later takes the requests before the fault's routes do."),
  EFFECT_LATE: warning('The fault took effect only after the time that it had.'),
  PROOF_BLIND: warning('Requests were hit, and the proof probe did not show it.'),
  OTHER_CALLERS: warning('Others called the service, and the fault is not for them.'),
  CALLERS_IDLE: warning('The requests were served by a version that sent the service none.'),
  BARE_CALLERS: warning('Pods without a proxy run among the possible callers; what they call is not faulted.'),
  NO_REQUESTS: warning('No caller sent the service a request.'),
  MATCH_NOT_SEEN: warning("Requests came to the service, and none that the fault's match is for was seen."),
  SHARE_TOO_RARE: warning('So few requests came that the share which the fault hits need not have shown.'),
  PORT_UNUSED: warning('No container and no Service of the targets uses the port that the fault is narrowed to.'),
  INTERFACE_UNUSED: warning('The device that the fault shapes is not the one that requests come through.'),

  // What only `holdfast doctor` looks at.
  INGRESS_DOWN: error('No address of the ingress was found, or none of them answers.'),
  NO_GATEWAY: warning('There is no Gateway, so experiments have to name the ingress themselves.'),
  POD_NOT_INJECTED: warning('Pods run without a sidecar in a namespace that asks for one.'),
  DRIVER_RIGHTS: warning('One kind of fault cannot be used, since rights for it are missing.'),
  DEAD_LOCKS: warning('A dead run still has its locks; the next run on these targets takes them over.'),
  CLOCK_SKEW: warning("This machine's clock differs from the API server's, by which people compare logs."),
} as const satisfies Record<string, { readonly severity: 'error' | 'warning'; readonly title: string }>;

export type FindingCode = keyof typeof FINDING_CODES;
