import type { DriverContext } from '../faults/driver.ts';
import { HoldfastError } from '../model/errors.ts';
import type { SetupManifest } from '../model/experiment.ts';
import { type Finding, finding } from '../model/finding.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { ObjectChange } from '../model/plan.ts';
import { describeObject, refOf } from './describe.ts';
import { objectChange } from './diff.ts';
import { heldByAnother, recordsOf, SETUP_ID } from './marks.ts';
import { applyManifest } from './setup-edit.ts';
import { isSetupKind } from './setup-kinds.ts';
import type { PreparedSetup } from './setup.ts';

interface Prepared {
  readonly object: KubernetesObject;
  readonly change?: ObjectChange;
  readonly findings: readonly Finding[];
}

/** Reads what is there and works out every write of the setup; nothing is touched. */
export async function prepareSetup(
  run: string,
  manifests: readonly SetupManifest[],
  namespace: string,
  context: DriverContext,
): Promise<PreparedSetup> {
  const objects = manifests.flatMap((manifest) => manifest.objects);
  const prepared = await Promise.all(objects.map((object) => prepareObject(run, object, namespace, context)));
  const names = prepared.map((entry) => describeObject(entry.object));
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  return {
    changes: prepared.flatMap((entry) => entry.change ?? []),
    lockKeys: [...new Set(prepared.map((entry) => lockKey(entry.object)))],
    findings: [
      ...prepared.flatMap((entry) => entry.findings),
      ...repeated.map((name) => finding('SETUP_REPEATED', `${name} is in the setup more than once.`, name)),
    ],
    handles: prepared.map((entry) => ({ run, object: refOf(entry.object) })),
    objects: prepared.map((entry) => entry.object),
  };
}

async function prepareObject(
  run: string,
  manifest: KubernetesObject,
  namespace: string,
  context: DriverContext,
): Promise<Prepared> {
  const where = describeObject(manifest);
  if (!isSetupKind(manifest.apiVersion, manifest.kind)) {
    const message = `Setup cannot apply a ${manifest.kind}: its leftovers would not be found again.`;
    return { object: manifest, findings: [finding('SETUP_KIND', message, where, 'Apply it before the run.')] };
  }
  try {
    return await prepareKnown(run, manifest, namespace, context);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return {
      object: manifest,
      findings: [finding('SETUP_IMPOSSIBLE', error.message, error.details.where ?? where, error.details.hint)],
    };
  }
}

async function prepareKnown(
  run: string,
  manifest: KubernetesObject,
  namespace: string,
  context: DriverContext,
): Promise<Prepared> {
  const resource = await context.cluster.resourceOf(manifest, { signal: context.signal });
  const metadata = resource.namespaced ? { namespace, ...manifest.metadata } : manifest.metadata;
  const object = { ...manifest, apiVersion: apiVersionOf(resource), metadata };
  const now = await context.cluster.read(resource, metadata, { signal: context.signal });
  const other = now && recordsOf(now).find((record) => record.run !== run || record.id === SETUP_ID);
  if (now && other) throw heldByAnother(now, other.run);
  const verbs = now === undefined ? ['list', 'create', 'delete'] : ['list', 'update'];
  const rights = await Promise.all(verbs.map((verb) => right(verb, resource, object, context)));
  return {
    object,
    change: objectChange(now, applyManifest(run, object, now)),
    findings: rights.flat(),
  };
}

async function right(
  verb: string,
  resource: { readonly group: string; readonly plural: string },
  object: KubernetesObject,
  context: DriverContext,
): Promise<Finding[]> {
  // Leftovers are looked for in all namespaces, so `list` is needed there too.
  const namespace = verb === 'list' ? undefined : object.metadata.namespace;
  const request = {
    verb,
    group: resource.group,
    resource: resource.plural,
    ...(namespace !== undefined && { namespace }),
  };
  if (await context.cluster.allowed(request, { signal: context.signal })) return [];
  const scope = namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`;
  const message = `This identity may not ${verb} ${resource.plural} ${scope}, which setup and its undoing need.`;
  return [
    finding('NO_RIGHTS', message, describeObject(object), 'Grant it with the RBAC manifest of the documentation.'),
  ];
}

function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** VirtualServices share their lock with Istio faults. */
function lockKey(object: KubernetesObject): string {
  const { namespace, name } = object.metadata;
  const kind = object.kind === 'VirtualService' ? 'vs' : object.kind.toLowerCase();
  return `${kind}:${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
