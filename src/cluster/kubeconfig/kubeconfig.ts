/** A kubeconfig as it lies in its files, merged: the parts that lead to one API server. Paths are absolute. */
export interface Kubeconfig {
  readonly files: readonly string[];
  readonly contexts: readonly ContextEntry[];
  readonly clusters: readonly ClusterEntry[];
  readonly users: readonly UserEntry[];
}

interface Entry {
  readonly name: string;
  /** The file that the entry was read from. */
  readonly file: string;
}

export interface ContextEntry extends Entry {
  readonly cluster: string;
  readonly user: string;
}

export interface ClusterEntry extends Entry {
  readonly server: string;
  readonly caData?: string;
  readonly caFile?: string;
  readonly skipTlsVerify: boolean;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
}

export interface UserEntry extends Entry {
  readonly certData?: string;
  readonly certFile?: string;
  readonly keyData?: string;
  readonly keyFile?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly impersonate?: string;
  readonly impersonateGroups?: readonly string[];
  /** `exec` and `auth-provider` as they stand in the file: a plugin has to be run for the credentials. */
  readonly exec?: Readonly<Record<string, unknown>>;
  readonly authProvider?: Readonly<Record<string, unknown>>;
}
