import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ROLES } from '../../../src/cli/doctor/roles.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] }[];
}

const manifest = readFileSync(new URL('../../../deploy/rbac.yaml', import.meta.url), 'utf8');

/** `verb group/resource`, each once. */
function rights(
  rules: readonly { groups: readonly string[]; resources: readonly string[]; verbs: readonly string[] }[],
) {
  const all = rules.flatMap(({ groups, resources, verbs }) =>
    groups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))),
  );
  return [...new Set(all)].sort();
}

it('asks for the rights that deploy/rbac.yaml grants, part by part, and for no others', () => {
  const roles = parseAllDocuments(manifest)
    .map((document) => document.toJS() as Manifest)
    .filter(({ kind }) => kind === 'ClusterRole');
  const granted = roles.map(({ metadata, rules = [] }) => [
    metadata.name,
    rights(rules.map(({ apiGroups, ...rule }) => ({ groups: apiGroups, ...rule }))),
  ]);
  const asked = ROLES.map(({ name, rules }) => [
    name,
    rights(rules.map(({ group, ...rule }) => ({ groups: [group], ...rule }))),
  ]);
  expect(asked).toEqual(granted);
});
