import type { Experiment } from '../model/experiment.ts';
import { HoldfastError } from '../model/errors.ts';
import { SHORTEST_SECRET } from '../util/redact.ts';

/** Reads one key of a Kubernetes Secret, decoded; undefined when Secret or key are not there. */
export type ReadSecret = (namespace: string, name: string, key: string) => Promise<string | undefined>;

// Code points that no text uses stand around the mark, so that no text of a file can be mistaken for one.
const OPEN = '\u{FDD0}';
const CLOSE = '\u{FDD1}';
const MARK = /\u{FDD0}\$\{secret:([^/]+)\/([^/]+)\/([^}]+)\}\u{FDD1}/gu;

/** What stands in an experiment until the cluster is known, for `namespace/name/key`; undefined when it is not that. */
export function clusterSecretMark(name: string): string | undefined {
  return /^[a-z0-9.-]+\/[a-z0-9.-]+\/[\w.-]+$/.test(name) ? `${OPEN}\${secret:${name}}${CLOSE}` : undefined;
}

export function holdsMark(text: string): boolean {
  return text.includes(OPEN);
}

/** The text around the marks, for checks of form; what the secret itself holds is known only later. */
export function withoutMarks(text: string): string {
  return text.replaceAll(MARK, '');
}

/**
 * Puts the values of `${secret:namespace/name/key}` into loaded experiments. `secrets` are the values, to be redacted.
 * Throws `SECRET_NOT_FOUND` naming the Secret. Each key is read once.
 */
export async function resolveClusterSecrets(
  experiments: readonly Experiment[],
  readSecret: ReadSecret,
): Promise<{ readonly experiments: readonly Experiment[]; readonly secrets: readonly string[] }> {
  const values = new Map<string, string>();
  for (const experiment of experiments) {
    for (const mark of marksIn(experiment)) {
      if (!values.has(mark)) values.set(mark, await readMarked(mark, experiment, readSecret));
    }
  }
  if (values.size === 0) return { experiments, secrets: [] };
  return {
    experiments: experiments.map((experiment) => fill(experiment, values) as Experiment),
    secrets: [...values.values()],
  };
}

async function readMarked(mark: string, experiment: Experiment, readSecret: ReadSecret): Promise<string> {
  const [, namespace = '', name = '', key = ''] = new RegExp(MARK.source, 'u').exec(mark) ?? [];
  const value = await readSecret(namespace, name, key);
  const where = `Secret ${namespace}/${name}, key ${key}, named by ${experiment.source.file} (${experiment.name})`;
  if (value === undefined) {
    const hint = `Look with: kubectl get secret ${name} -n ${namespace}`;
    throw new HoldfastError('SECRET_NOT_FOUND', { message: 'A Secret or its key does not exist.', where, hint });
  }
  if (value.length < SHORTEST_SECRET) {
    const message = `A secret is under ${SHORTEST_SECRET} characters, too short to be kept out of reports.`;
    throw new HoldfastError('SECRET_NOT_FOUND', { message, where });
  }
  return value;
}

function marksIn(value: unknown): string[] {
  if (typeof value === 'string') return value.match(MARK) ?? [];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(marksIn);
}

function fill(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return value.replaceAll(MARK, (mark) => values.get(mark) ?? mark);
  if (Array.isArray(value)) return value.map((item) => fill(item, values));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, values)]));
}
