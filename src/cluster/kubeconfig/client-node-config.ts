import type { KubeConfig } from '@kubernetes/client-node';
import type { ChosenContext } from './choose-context.ts';

/**
 * The chosen context as client-node's own configuration. The package is loaded here and in `port-forward.ts` only, when
 * it is needed: that costs 0.15-0.3 s and 50-80 MB, which plain certificates and tokens do not need.
 */
export async function loadKubeConfig({ name, cluster, user }: ChosenContext): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromOptions({
    contexts: [{ name, cluster: cluster.name, user: user?.name ?? 'anonymous' }],
    currentContext: name,
    clusters: [
      {
        name: cluster.name,
        server: cluster.server,
        caData: cluster.caData,
        caFile: cluster.caData === undefined ? cluster.caFile : undefined,
        skipTLSVerify: cluster.skipTlsVerify,
        tlsServerName: cluster.tlsServerName,
        proxyUrl: cluster.proxyUrl,
      },
    ],
    // Without a user client-node would leave out the cluster's CA as well.
    users: [
      {
        name: user?.name ?? 'anonymous',
        certData: user?.certData,
        certFile: user?.certData === undefined ? user?.certFile : undefined,
        keyData: user?.keyData,
        keyFile: user?.keyData === undefined ? user?.keyFile : undefined,
        token: user?.token,
        username: user?.username,
        password: user?.password,
        impersonateUser: user?.impersonate,
        exec: user?.exec,
        authProvider: user?.authProvider ?? tokenFileProvider(user?.tokenFile),
      },
    ],
  });
  return config;
}

/** client-node reads token files by a provider of its own. */
function tokenFileProvider(tokenFile: string | undefined): object | undefined {
  return tokenFile === undefined ? undefined : { name: 'tokenFile', config: { tokenFile } };
}
