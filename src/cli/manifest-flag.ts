import { join } from 'node:path';
import { API_VERSION } from '../load/schema/experiment.ts';
import { createManifestReader } from '../load/setup.ts';
import { HoldfastError } from '../model/errors.ts';
import type { Experiment, SetupManifest } from '../model/experiment.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';

/** Reads the manifest that a flag names. Throws `FLAG_INVALID` with the first mistake in it. */
export function readManifestFlag(flag: string, path: string, cwd: string): SetupManifest {
  const { manifest, mistakes } = createManifestReader(cwd)(join(cwd, 'here'), path);
  const mistake = mistakes[0] ?? emptiness(manifest);
  const where = `${flag} ${path}`;
  if (mistake !== undefined) {
    throw new HoldfastError('FLAG_INVALID', {
      message: `The manifest cannot be applied: ${mistake}.`,
      where,
      hint: 'The path counts from the working directory.',
    });
  }
  if (!manifest.objects.some((it) => it.apiVersion === API_VERSION)) return manifest;
  throw new HoldfastError('FLAG_INVALID', {
    message: `The manifest cannot be applied: ${manifest.file} holds an experiment, and no cluster takes one.`,
    where,
    hint: 'Name what kubectl would apply: the objects that make up the fix, or that take it back.',
  });
}

function emptiness({ file, objects }: SetupManifest): string | undefined {
  return objects.length === 0 ? `${file}: it holds no object` : undefined;
}

/** With a manifest applied after the experiment's own setup: an object that both name is the manifest's. */
export function withManifest(experiment: Experiment, manifest: SetupManifest): Experiment {
  const named = new Set(manifest.objects.map((it) => identityOf(it, experiment)));
  const own = experiment.setup.map(({ file, objects }) => ({
    file,
    objects: objects.filter((it) => !named.has(identityOf(it, experiment))),
  }));
  return { ...experiment, setup: [...own.filter(({ objects }) => objects.length > 0), manifest] };
}

/** The version of an API does not make another object. */
function identityOf({ apiVersion, kind, metadata }: KubernetesObject, { namespace }: Experiment): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return [group, kind, metadata.namespace ?? namespace, metadata.name].join('/');
}
