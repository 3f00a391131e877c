import type { Clock } from '../model/clock.ts';
import type { Cluster } from './cluster.ts';
import type { Caller } from './http/call.ts';
import { chooseContext, type ChosenContext } from './kubeconfig/choose-context.ts';
import { credentialsOf, telling } from './kubeconfig/credentials.ts';
import { findKubeconfigFiles } from './kubeconfig/find-files.ts';
import { IN_CLUSTER, inClusterContext } from './kubeconfig/in-cluster.ts';
import { pluginConnection } from './kubeconfig/plugin-connection.ts';
import { readKubeconfig } from './kubeconfig/read-kubeconfig.ts';
import { staticConnection } from './kubeconfig/static-connection.ts';
import { portForward } from './port-forward.ts';
import { createRestCluster } from './rest-cluster.ts';

export interface ConnectOptions {
  /** Path of a kubeconfig; absent: those of `KUBECONFIG`, else `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** Must be named; `in-cluster` is the cluster that we run in, when there is no kubeconfig. */
  readonly context?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Hears every token, password and key that is used: they must not be shown. */
  readonly onCredentials?: (values: readonly string[]) => void;
}

/**
 * Opens the door to one cluster; sends nothing yet. Throws `CONTEXT_MISSING`, `CONTEXT_UNKNOWN` or `KUBECONFIG_INVALID`.
 */
export async function connect(options: ConnectOptions): Promise<Cluster> {
  const files = findKubeconfigFiles(options.kubeconfig, options.env);
  const inside = files.length === 0 && options.context === IN_CLUSTER ? inClusterContext(options.env) : undefined;
  const context = inside ?? chooseContext(readKubeconfig(files), options.context);
  options.onCredentials?.(credentialsOf(context));
  const plain = needsClientNode(context) ? pluginConnection(context, options.clock) : staticConnection(context);
  const connection = telling(plain, options.onCredentials);
  const closing = new AbortController();
  const caller: Caller = { connection, clock: options.clock, closed: closing.signal };
  return createRestCluster({
    caller,
    context: context.name,
    kubectl: kubectlPrefix(context, options.kubeconfig),
    portForward: (pod, port, call = {}) => portForward(caller, context, pod, port, call),
    close: () => {
      closing.abort(new Error('the connection to the cluster was closed'));
      connection.close();
    },
  });
}

/** Plugins and proxies are client-node's trade; everything else does without its weight. */
function needsClientNode({ cluster, user }: ChosenContext): boolean {
  return user?.exec !== undefined || user?.authProvider !== undefined || cluster.proxyUrl !== undefined;
}

function kubectlPrefix(context: ChosenContext, kubeconfig: string | undefined): string {
  if (context.name === IN_CLUSTER) return 'kubectl';
  const file = kubeconfig === undefined ? '' : ` --kubeconfig ${shellWord(kubeconfig)}`;
  return `kubectl${file} --context ${shellWord(context.name)}`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
