import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';

/**
 * The kubeconfig files to read, as kubectl finds them: the flag's, else those of `KUBECONFIG` that exist, else
 * `~/.kube/config` if it exists. Only a file that was asked for by the flag must exist.
 */
export function findKubeconfigFiles(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (flag !== undefined) {
    if (existsSync(flag)) return [resolve(flag)];
    throw new HoldfastError('KUBECONFIG_INVALID', {
      message: `There is no kubeconfig ${flag}.`,
      where: flag,
      hint: 'Correct --kubeconfig, or leave it out to use KUBECONFIG or ~/.kube/config.',
    });
  }
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const candidates = listed.length > 0 ? listed : [join(env['HOME'] ?? homedir(), '.kube', 'config')];
  return candidates.filter((file) => existsSync(file)).map((file) => resolve(file));
}
