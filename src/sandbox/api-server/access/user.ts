/** Who asks. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
}

/** The kubeconfig's own user, to whom no rule applies. */
export const administrator: User = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

/** The user that is a service account. */
export function serviceAccountUser(namespace: string, name: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

/** The user of an Impersonate-User header: service accounts bring their groups, everybody is authenticated. */
export function impersonated(name: string, groups: readonly string[]): User {
  const [system, kind, namespace, account, ...rest] = name.split(':');
  if (system === 'system' && kind === 'serviceaccount' && namespace && account && rest.length === 0) {
    const user = serviceAccountUser(namespace, account);
    return { ...user, groups: [...new Set([...user.groups, ...groups])] };
  }
  return { name, groups: [...new Set([...groups, 'system:authenticated'])] };
}
