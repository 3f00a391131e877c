import { stringify } from 'yaml';

/** The context, cluster and user name in the sandbox's kubeconfig. */
export const CONTEXT = 'holdfast-sandbox';

/** A kubeconfig, as YAML, that leads to this server with a bearer token. */
export function kubeconfigFor(server: string, authority: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: CONTEXT,
        cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') },
      },
    ],
    users: [{ name: CONTEXT, user: { token } }],
    contexts: [{ name: CONTEXT, context: { cluster: CONTEXT, user: CONTEXT, namespace: 'default' } }],
    'current-context': CONTEXT,
  });
}
