import type { AccessRequest } from '../../cluster/cluster.ts';
import type { DriverContext } from '../../faults/driver.ts';
import type { Experiment } from '../../model/experiment.ts';
import { finding } from '../../model/finding.ts';
import { type Check, look, ofFinding, ok } from './check.ts';
import { type Role, ROLES, type Rule } from './roles.ts';

/**
 * Which part of `deploy/rbac.yaml` is granted, and what of each is missing. A right counts when it is granted everywhere, or
 * in each of these namespaces: people bind roles where they experiment.
 */
export async function checkRights(
  experiments: readonly Experiment[],
  namespaces: readonly string[],
  context: DriverContext,
): Promise<readonly Check[]> {
  const used = new Set(experiments.flatMap(({ faults }) => faults.map(({ spec }) => spec.driver)));
  const checked = ROLES.map((role) =>
    look(`rights: ${role.what}`, async () => {
      const isUsed = role.driver === undefined || used.has(role.driver);
      return [await checkRole(role, isUsed, namespaces, context)];
    }),
  );
  return (await Promise.all(checked)).flat();
}

interface Missing {
  readonly right: string;
  readonly sometimes: string | undefined;
}

async function checkRole(
  role: Role,
  isUsed: boolean,
  namespaces: readonly string[],
  context: DriverContext,
): Promise<Check> {
  const what = `rights: ${role.what}`;
  const missing = (await Promise.all(role.rules.map((rule) => missingOf(rule, namespaces, context)))).flat();
  if (missing.length === 0) return ok(what, `ClusterRole ${role.name} of deploy/rbac.yaml is granted in full.`);
  const always = missing.filter(({ sometimes }) => sometimes === undefined).map(({ right }) => right);
  const needed = always.length === 0 ? '' : `This identity may not ${always.join(', ')}.`;
  const message = `${needed}${needed === '' ? '' : ' '}${withoutThese(missing)}`.trim();
  const hint = `kubectl apply -f deploy/rbac.yaml grants it (ClusterRole ${role.name}).`;
  const isFatal = always.length > 0 && isUsed;
  return ofFinding(what, finding(isFatal ? 'NO_RIGHTS' : 'DRIVER_RIGHTS', message, undefined, hint));
}

/** What only some runs need, by what is lost. */
function withoutThese(missing: readonly Missing[]): string {
  const losses = new Map<string, string[]>();
  for (const { right, sometimes } of missing) {
    if (sometimes !== undefined) losses.set(sometimes, [...(losses.get(sometimes) ?? []), right]);
  }
  const parts = [...losses].map(([loss, rights]) => `${loss} (${rights.join(', ')})`);
  return parts.length === 0 ? '' : `Not granted: ${parts.join('; ')}.`;
}

async function missingOf(rule: Rule, namespaces: readonly string[], context: DriverContext): Promise<Missing[]> {
  const { cluster, signal } = context;
  const asked = rule.resources.flatMap((resource) => rule.verbs.map((verb) => ({ resource, verb })));
  const missing = await Promise.all(
    asked.map(async ({ resource, verb }) => {
      const [plural = '', subresource] = resource.split('/');
      // What nobody serves nobody needs.
      if ((await cluster.resource(rule.group, plural, { signal })) === undefined) return [];
      const request = { verb, group: rule.group, resource: plural, ...(subresource !== undefined && { subresource }) };
      return (await isGranted(request, namespaces, context))
        ? []
        : [{ right: `${verb} ${resource}`, sometimes: rule.sometimes }];
    }),
  );
  return missing.flat();
}

async function isGranted(
  request: AccessRequest,
  namespaces: readonly string[],
  { cluster, signal }: DriverContext,
): Promise<boolean> {
  if (await cluster.allowed(request, { signal })) return true;
  // What has to be seen of all namespaces is of no use in one.
  if (namespaces.length === 0 || request.verb === 'list') return false;
  const answers = await Promise.all(
    namespaces.map((namespace) => cluster.allowed({ ...request, namespace }, { signal })),
  );
  return answers.every(Boolean);
}
