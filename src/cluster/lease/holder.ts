/** Who holds a lease: a run, and the process that drives it. Found out by `this-holder.ts`. */
export interface LeaseHolder {
  readonly run: string;
  readonly host: {
    readonly name: string;
    /** Differs between boots, and between containers that share a name but not their processes. */
    readonly boot: string;
  };
  readonly process: HolderProcess;
}

export interface HolderProcess {
  readonly pid: number;
  /** Tells a process from a later one with its number; empty where the system does not say. */
  readonly started: string;
}

/** Is this process, of this host, still there? */
export type IsAlive = (process: HolderProcess) => boolean;

/** The text for `holderIdentity`. */
export function formatHolder({ run, host, process }: LeaseHolder): string {
  return [run, host.name, host.boot, String(process.pid), process.started].map(encodeURIComponent).join('/');
}

/** Undefined for what Holdfast did not write. */
export function parseHolder(identity: string): LeaseHolder | undefined {
  const parts = identity.split('/').map(decodePart);
  const [run, name, boot, pid, started] = parts;
  if (parts.length !== 5 || run === undefined || name === undefined || boot === undefined) return undefined;
  if (pid === undefined || !/^\d+$/.test(pid) || started === undefined) return undefined;
  return { run, host: { name, boot }, process: { pid: Number(pid), started } };
}

/** `run 7f3a (host ci-1, process 4242)`, for people. */
export function describeHolder(identity: string): string {
  const holder = parseHolder(identity);
  if (holder === undefined) return JSON.stringify(identity);
  return `run ${holder.run} (host ${holder.host.name}, process ${holder.process.pid})`;
}

export function isSameHost(a: LeaseHolder, b: LeaseHolder): boolean {
  return a.host.name === b.host.name && a.host.boot === b.host.boot;
}

function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
