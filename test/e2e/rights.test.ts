import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { callApi } from '../helpers/api-request.ts';
import { runCommandLine } from '../helpers/command-line.ts';
import { startTestSandbox, type TestSandbox } from '../helpers/start-sandbox.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const experiment = resolve(import.meta.dirname, '../fixtures/e2e/abort/experiment.yaml');
const manifest = readFileSync(resolve(import.meta.dirname, '../../deploy/rbac.yaml'), 'utf8');

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}
interface Manifest {
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

let sandbox: TestSandbox;
let token: string;
let role: Manifest;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  for (const document of parseAllDocuments(manifest)) {
    const object = document.toJS() as Manifest;
    const created = await callApi(sandbox.api, PLACES[object.kind] ?? '', { body: object });
    expect(created.status, created.text).toBe(201);
  }
  role = (await callApi(sandbox.api, `${ROLES}/holdfast`)).json as unknown as Manifest;
  const path = '/api/v1/namespaces/holdfast/serviceaccounts/holdfast/token';
  const issued = await callApi(sandbox.api, path, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' },
  });
  token = (issued.json['status'] as { readonly token: string }).token;
});
afterAll(async () => sandbox.close());

/** Flags that name the sandbox as the manifest's service account sees it. */
function asServiceAccount(): readonly string[] {
  const config = parse(readFileSync(sandbox.kubeconfigPath, 'utf8')) as { users: { user: object }[] };
  for (const entry of config.users) entry.user = { token };
  const folder = tempFolder({ kubeconfig: stringify(config) });
  return ['--kubeconfig', join(folder, 'kubeconfig'), '--context', sandbox.context];
}

/** The role without one verb on one resource. */
async function without(verb: string, resource: string): Promise<void> {
  const rules = (role.rules ?? []).flatMap((rule) =>
    rule.resources.map((it) => ({
      ...rule,
      resources: [it],
      verbs: it === resource ? rule.verbs.filter((other) => other !== verb) : rule.verbs,
    })),
  );
  const { metadata } = (await callApi(sandbox.api, `${ROLES}/holdfast`)).json as unknown as Manifest;
  const put = await callApi(sandbox.api, `${ROLES}/holdfast`, { method: 'PUT', body: { ...role, metadata, rules } });
  expect(put.status, put.text).toBe(200);
}

const marks = (): string => JSON.stringify(sandbox.store.list('virtualservices.networking.istio.io', 'default'));

describe('the rights of deploy/rbac.yaml', () => {
  it('are enough for a run, for status and for recover', async () => {
    const flags = asServiceAccount();
    const { code, stderr } = await runCommandLine(['run', experiment, ...flags]);
    expect(code, stderr).toBe(0);
    expect(await runCommandLine(['status', ...flags])).toMatchObject({ code: 0 });
    expect(await runCommandLine(['recover', ...flags])).toMatchObject({ code: 0 });
  });

  it.each([
    ['get', 'virtualservices'],
    ['list', 'virtualservices'],
    ['update', 'virtualservices'],
    ['list', 'gateways'],
    ['get', 'services'],
    ['list', 'pods'],
    ['list', 'endpointslices'],
    ['get', 'leases'],
    ['create', 'leases'],
    ['update', 'leases'],
    ['delete', 'leases'],
  ])('are all needed: without %s %s the preflight names it and nothing is touched', async (verb, resource) => {
    const before = marks();
    await without(verb, resource);
    const { code, stderr } = await runCommandLine(['run', experiment, ...asServiceAccount()]);
    expect(stderr).toMatch(new RegExp(`(may not|cannot) ${verb} (resource ")?${resource}`));
    expect(code).toBe(3);
    expect(marks()).toBe(before);
    expect(sandbox.store.list('leases.coordination.k8s.io', 'default')).toEqual([]);
  });
});
