import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { callApi } from './api-request.ts';
import { runCommandLine } from './command-line.ts';
import { startTestSandbox, type TestSandbox } from './start-sandbox.ts';

const manifest = readFileSync(resolve(import.meta.dirname, '../../deploy/rbac.yaml'), 'utf8');

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}
/** As far as rights are concerned. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
}

const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const PLACES: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/namespaces/holdfast/serviceaccounts',
  ClusterRole: ROLES,
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
};

const MARKED = [
  'virtualservices.networking.istio.io',
  'chaosblades.chaosblade.io',
  'leases.coordination.k8s.io',
  'pods',
];

/** A sandbox where the service account of `deploy/rbac.yaml` has the rights of some of its parts. */
export interface RightsWorld {
  readonly sandbox: TestSandbox;
  /** Flags that name the sandbox as the service account sees it. */
  readonly flags: readonly string[];
  /** All rights that are granted, `verb resource`. */
  readonly granted: readonly string[];
  /** Takes one right, `verb resource`, out of every role, and gives back what was taken before. */
  without(right: string): Promise<void>;
  /** Every object that a fault could touch or leave a mark in. */
  everything(): string;
  close(): Promise<void>;
}

/** Applies the parts `holdfast` and `holdfast-<driver>` of the manifest, and no others. */
export async function grantRightsOf(...drivers: readonly string[]): Promise<RightsWorld> {
  const sandbox = await startTestSandbox();
  const parts = ['holdfast', ...drivers.map((driver) => `holdfast-${driver}`)];
  const objects = parseAllDocuments(manifest).map((document) => document.toJS() as Manifest);
  for (const object of objects.filter(({ metadata }) => parts.includes(metadata.name))) {
    const created = await callApi(sandbox.api, PLACES[object.kind] ?? '', { body: object });
    expect(created.status, created.text).toBe(201);
  }
  const roles = objects.filter(({ kind, metadata }) => kind === 'ClusterRole' && parts.includes(metadata.name));
  return {
    sandbox,
    flags: await asServiceAccount(sandbox),
    granted: [...new Set(roles.flatMap(({ rules = [] }) => rules.flatMap(rightsOf)))],
    async without(right) {
      const [verb = '', resource = ''] = right.split(' ');
      for (const role of roles) await replaceRole(sandbox, role, less(role.rules ?? [], verb, resource));
    },
    everything: () => JSON.stringify(MARKED.map((kind) => sandbox.store.list(kind))),
    close: () => sandbox.close(),
  };
}

/** An experiment passes with the rights granted, and status and recover find nothing amiss. */
export async function expectEnough({ flags }: RightsWorld, experiment: string): Promise<void> {
  const { code, stderr } = await runCommandLine(['run', experiment, ...flags]);
  expect(code, stderr).toBe(0);
  expect(await runCommandLine(['status', ...flags])).toMatchObject({ code: 0 });
  expect(await runCommandLine(['recover', ...flags])).toMatchObject({ code: 0 });
}

/** Without this one right the experiment stops, names it, and has touched nothing. */
export async function expectNeeded(world: RightsWorld, experiment: string, right: string): Promise<void> {
  const before = world.everything();
  await world.without(right);
  const { code, stderr } = await runCommandLine(['run', experiment, ...world.flags]);
  const [verb, resource] = right.split(' ');
  expect(stderr).toMatch(new RegExp(`(may not|cannot) ${verb} (resource ")?${resource}`));
  expect(code).toBe(3);
  expect(world.everything()).toBe(before);
}

/** `verb resource` of each. */
export function rightsOf({ resources, verbs }: Rule): string[] {
  return resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`));
}

/** The rules without one right. */
export function less(rules: readonly Rule[], verb: string, resource: string): readonly Rule[] {
  return rules.flatMap((rule) =>
    rule.resources.map((it) => ({
      ...rule,
      resources: [it],
      verbs: it === resource ? rule.verbs.filter((other) => other !== verb) : rule.verbs,
    })),
  );
}

/** Gives a role of the manifest other rules. */
export async function replaceRole(
  { api }: Pick<TestSandbox, 'api'>,
  role: Manifest,
  rules: readonly Rule[],
): Promise<void> {
  const place = `${ROLES}/${role.metadata.name}`;
  const { metadata } = (await callApi(api, place)).json as unknown as Manifest;
  const put = await callApi(api, place, { method: 'PUT', body: { ...role, metadata, rules } });
  expect(put.status, put.text).toBe(200);
}

async function asServiceAccount({ api, kubeconfigPath, context }: TestSandbox): Promise<readonly string[]> {
  const issued = await callApi(api, `${PLACES['ServiceAccount']}/holdfast/token`, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' },
  });
  const { token } = issued.json['status'] as { readonly token: string };
  const config = parse(readFileSync(kubeconfigPath, 'utf8')) as { users: { user: object }[] };
  for (const entry of config.users) entry.user = { token };
  const path = join(dirname(kubeconfigPath), 'service-account');
  writeFileSync(path, stringify(config), { mode: 0o600 });
  return ['--kubeconfig', path, '--context', context];
}
