import type { KubernetesObject } from '../../src/model/kubernetes.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A Gateway of the stock ingress, serving `hosts` by HTTP on port 80. */
export function gateway(name = 'bookinfo-gateway', hosts = ['*'], port: Fields = {}): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { namespace: 'default', name },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP', ...port }, hosts }],
    },
  };
}

export function virtualService(hosts: readonly string[], gateways = ['bookinfo-gateway']): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { namespace: 'default', name: 'bookinfo' },
    spec: { hosts, gateways },
  };
}

/** The pod of the stock ingress gateway. */
export function pod(spec: Fields = {}, ready = 'True'): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'istio-system',
      name: 'gw-1',
      labels: { istio: 'ingressgateway', app: 'istio-ingressgateway' },
    },
    spec: { nodeName: 'worker-1', containers: [{ ports: [{ containerPort: 8080 }] }], ...spec },
    status: { hostIP: '127.0.0.1', conditions: [{ type: 'Ready', status: ready }] },
  };
}

/** The stock Service: `http2` 80 -> 8080. */
export function service(spec: Fields = {}, http2: Fields = {}, status: Fields = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'istio-system', name: 'istio-ingressgateway' },
    spec: {
      type: 'LoadBalancer',
      selector: { istio: 'ingressgateway' },
      ports: [
        { name: 'status-port', port: 15021, targetPort: 15021 },
        { name: 'http2', port: 80, targetPort: 8080, ...http2 },
        { name: 'https', port: 443, targetPort: 8443 },
      ],
      ...spec,
    },
    status: { loadBalancer: {}, ...status },
  };
}

export function node(name: string, type: string, address: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { addresses: [{ type, address }], conditions: [{ type: 'Ready', status: 'True' }] },
  };
}
