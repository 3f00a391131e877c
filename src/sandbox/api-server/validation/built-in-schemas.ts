import type { Fields, Schema } from '../catalogue/kind.ts';
import { fieldsOf, known, listOf } from './schema.ts';

// The first levels of the built-in kinds people write by hand; what lies deeper is taken as it comes.

const probe = known(
  'exec',
  'failureThreshold',
  'grpc',
  'httpGet',
  'initialDelaySeconds',
  'periodSeconds',
  'successThreshold',
  'tcpSocket',
  'terminationGracePeriodSeconds',
  'timeoutSeconds',
);

const container = fieldsOf({
  ...any(
    'name image command args workingDir envFrom resizePolicy restartPolicy volumeDevices lifecycle stdin stdinOnce tty',
    'terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext',
  ),
  ports: listOf(known('name', 'containerPort', 'protocol', 'hostPort', 'hostIP')),
  env: listOf(known('name', 'value', 'valueFrom')),
  resources: known('limits', 'requests', 'claims'),
  volumeMounts: listOf(
    known('name', 'mountPath', 'subPath', 'subPathExpr', 'readOnly', 'recursiveReadOnly', 'mountPropagation'),
  ),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
});

const podSpec = fieldsOf({
  ...any(
    'activeDeadlineSeconds affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases',
    'hostIPC hostNetwork hostPID hostUsers hostname imagePullSecrets nodeName nodeSelector os overhead',
    'preemptionPolicy priority priorityClassName readinessGates resourceClaims resources restartPolicy',
    'runtimeClassName schedulerName schedulingGates securityContext serviceAccount serviceAccountName',
    'setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds tolerations',
    'topologySpreadConstraints volumes ephemeralContainers',
  ),
  containers: listOf(container),
  initContainers: listOf(container),
});

const template = fieldsOf({ metadata: 'any', spec: podSpec });
const selector = known('matchLabels', 'matchExpressions');

/** Pod. */
export const podSchema = fieldsOf({ spec: podSpec, status: 'any' });

/** Deployment. */
export const deploymentSchema = fieldsOf({
  spec: fieldsOf({
    ...any('minReadySeconds paused progressDeadlineSeconds replicas revisionHistoryLimit'),
    selector,
    strategy: known('type', 'rollingUpdate'),
    template,
  }),
  status: 'any',
});

/** ReplicaSet. */
export const replicaSetSchema = fieldsOf({
  spec: fieldsOf({ ...any('minReadySeconds replicas'), selector, template }),
  status: 'any',
});

/** DaemonSet. */
export const daemonSetSchema = fieldsOf({
  spec: fieldsOf({ ...any('minReadySeconds revisionHistoryLimit updateStrategy'), selector, template }),
  status: 'any',
});

/** Service. */
export const serviceSchema: Schema = fieldsOf({
  spec: fieldsOf({
    ...any(
      'allocateLoadBalancerNodePorts clusterIP clusterIPs externalIPs externalName externalTrafficPolicy',
      'healthCheckNodePort internalTrafficPolicy ipFamilies ipFamilyPolicy loadBalancerClass loadBalancerIP',
      'loadBalancerSourceRanges publishNotReadyAddresses selector sessionAffinity sessionAffinityConfig',
      'trafficDistribution type',
    ),
    ports: listOf(known('appProtocol', 'name', 'nodePort', 'port', 'protocol', 'targetPort')),
  }),
  status: 'any',
});

function any(...words: readonly string[]): Fields {
  const names = words.flatMap((line) => line.split(' '));
  return Object.fromEntries(names.map((name) => [name, 'any']));
}
