import type { KubernetesObject } from '../../model/kubernetes.ts';

/** The fields of Gateways, VirtualServices, Services, Pods and Nodes that ingress discovery reads. */
export interface Gateway extends KubernetesObject {
  readonly spec?: { readonly selector?: Readonly<Record<string, string>>; readonly servers?: readonly GatewayServer[] };
}

export interface GatewayServer {
  readonly port?: { readonly number?: number; readonly protocol?: string };
  readonly hosts?: readonly string[];
  readonly tls?: { readonly httpsRedirect?: boolean };
}

export interface VirtualService extends KubernetesObject {
  readonly spec?: { readonly hosts?: readonly string[]; readonly gateways?: readonly string[] };
}

export interface Service extends KubernetesObject {
  readonly spec?: {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly ServicePort[];
    readonly externalIPs?: readonly string[];
    readonly externalTrafficPolicy?: string;
  };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
  };
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}

export interface Pod extends KubernetesObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly hostNetwork?: boolean;
    readonly containers?: readonly { readonly ports?: readonly ContainerPort[] }[];
  };
  readonly status?: { readonly hostIP?: string; readonly conditions?: readonly Condition[] };
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly hostPort?: number;
}

export interface Node extends KubernetesObject {
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly conditions?: readonly Condition[];
  };
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

/** Ready, and not on its way out. */
export function isReady(object: Pod | Node): boolean {
  const ready = object.status?.conditions?.some(
    (condition) => condition.type === 'Ready' && condition.status === 'True',
  );
  return ready === true && object.metadata.deletionTimestamp === undefined;
}
