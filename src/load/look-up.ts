import { nearestName } from '../util/nearest-name.ts';
import { SHORTEST_SECRET } from '../util/redact.ts';
import { clusterSecretMark } from './cluster-secrets.ts';

/** Where the values of references come from. `vars` may hold any JSON value; a number stays a number. */
export interface ReferenceScope {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly vars: Readonly<Record<string, unknown>>;
}

/** What `${kind:name}` stands for, or why it stands for nothing. */
export type LookedUp =
  | { readonly found: true; readonly value: unknown; readonly secret?: boolean }
  | { readonly found: false; readonly message: string; readonly hint: string };

export const REFERENCES_ALLOWED =
  '${env:NAME}, ${var:name}, ${secret:NAME} or ${secret:namespace/name/key}; a literal ${ is written $${';

/** `inner` is what stands between the braces. */
export function lookUp(inner: string, scope: ReferenceScope): LookedUp {
  const [, kind, name = ''] = /^(\w+):(.*)$/.exec(inner) ?? [];
  if (kind === 'env') return environment(name, scope);
  if (kind === 'var') return variable(name, scope);
  if (kind === 'secret') return name.includes('/') ? clusterSecret(name) : secret(name, scope);
  const bare = /^[\w-]+$/.test(inner) ? `Did you mean \${var:${inner}} or \${env:${inner}}? ` : '';
  return nothing(`\`\${${inner}}\` is not a reference`, `${bare}Allowed: ${REFERENCES_ALLOWED}`);
}

function environment(name: string, { env }: ReferenceScope): LookedUp {
  const value = env[name];
  if (value !== undefined) return { found: true, value };
  return nothing(`the environment variable \`${name}\` is not set`, near(name, Object.keys(env)) || `Set ${name}.`);
}

function variable(name: string, { vars }: ReferenceScope): LookedUp {
  if (Object.hasOwn(vars, name)) return { found: true, value: vars[name] };
  const declare = `Declare it in spec.variables or give it with --set ${name}=...`;
  return nothing(`the variable \`${name}\` is not known`, `${near(name, Object.keys(vars))} ${declare}`.trim());
}

function secret(name: string, { env }: ReferenceScope): LookedUp {
  const value = env[name];
  if (value === undefined) return nothing(`the secret \`${name}\` is not set`, `Set the environment variable ${name}.`);
  if (value.length >= SHORTEST_SECRET) return { found: true, value, secret: true };
  const why = `Under ${SHORTEST_SECRET} characters it cannot be kept out of reports without blanking unrelated text.`;
  return nothing(`the secret \`${name}\` is too short`, why);
}

/** Its value is read later, when the cluster is known. */
function clusterSecret(name: string): LookedUp {
  const mark = clusterSecretMark(name);
  if (mark !== undefined) return { found: true, value: mark };
  return nothing(`\`${name}\` does not name a key of a Secret`, 'Write ${secret:namespace/name/key}.');
}

function near(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `Did you mean \`${nearest}\`?`;
}

function nothing(message: string, hint: string): LookedUp {
  return { found: false, message, hint };
}
