import { chmodSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { callApi } from '../helpers/api-request.ts';
import { type CommandLine, startCommandLine } from '../helpers/command-line.ts';
import { serveEcho } from '../helpers/echo-server.ts';
import { inFaultPhase } from '../helpers/faulted-run.ts';
import { leaks, textsBelow } from '../helpers/planted.ts';
import { startTestSandbox, type TestSandbox } from '../helpers/start-sandbox.ts';
import { serveHttp, type TestServer } from '../helpers/test-server.ts';
import { until } from '../helpers/until.ts';

const planted = {
  'secret of the environment': 'S3cr3t/env+value=="x\\y',
  'secret of the cluster': "Kub3-s3cret&value%41<b>'q",
  'password of a session': 'l1teral-passw0rd-77',
  'bearer token of a header': 'lit3ral.bearer_token-88',
  'API key of a header': 'ap1-key-literal-66',
  'token of a query': 'qu3ry-token-literal-44',
  'password of an address': 'us3rinfo-pass-55',
  'cookie that the server set': 'server-set-cookie-token-99',
  'token that the server gave': 't0ken-from-the-server-33',
} as const;
const env = { HOLDFAST_TEST_SECRET: planted['secret of the environment'] };

let sandbox: TestSandbox;
let echo: TestServer;
let secrets: Readonly<Record<string, string>>;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  echo = await serveEcho({
    cookie: planted['cookie that the server set'],
    token: planted['token that the server gave'],
  });
  const config = parse(sandbox.api.kubeconfig) as { users: { user: { token: string } }[] };
  secrets = { ...planted, 'token of the kubeconfig': config.users[0]?.user.token ?? '' };
  const data = { password: Buffer.from(planted['secret of the cluster']).toString('base64') };
  const made = await callApi(sandbox.api, '/api/v1/namespaces/default/secrets', {
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'creds' }, type: 'Opaque', data },
  });
  expect(made.status).toBe(201);
});
afterAll(async () => {
  await sandbox.close();
  await echo.close();
});

const experiment = (options: { readonly good?: boolean; readonly fault?: string; readonly kube?: boolean } = {}) => {
  const base = `http://svc:${planted['password of an address']}@127.0.0.1:${echo.port}`;
  const kube = options.kube === false ? 'none' : '${secret:default/creds/password}';
  const wish = options.good === true ? 'access_token' : 'never there';
  return `
apiVersion: holdfast.dev/v1alpha1
kind: Experiment
metadata: {name: planted}
spec:
  description: Tells nobody.
  phases: {baseline: 300ms, fault: ${options.fault ?? '300ms'}, recovery: {within: 5s, stable: 200ms}}
  sessions:
    user:
      login: {method: POST, path: '${base}/login', form: {username: jason, passwd: ${planted['password of a session']}}}
      headers: {authorization: Bearer ${planted['bearer token of a header']}, x-api-key: ${planted['API key of a header']}}
  hypothesis:
    - name: the page
      http: {path: /productpage, timeout: 5s}
      rate: 10/s
      expect: {status: 200}
    - name: the echo
      http:
        method: POST
        path: '${base}/echo?token=${planted['token of a query']}'
        query: {q: '\${secret:HOLDFAST_TEST_SECRET}'}
        headers: {x-plain: '${kube}'}
        form: {secret: '\${secret:HOLDFAST_TEST_SECRET}', kube: '${kube}'}
        session: user
      rate: 10/s
      during: [fault]
      expect:
        body: {contains: [${wish}], matches: ['${options.good === true ? '.' : '^never$'}']}
        headers: {set-cookie: {contains: ${options.good === true ? 'session' : 'x'}}, x-api-key: {matches: ${options.good === true ? '.' : '^x$'}}}
    - name: the wrapped echo
      http: {path: '${base}/wrapped', session: user, headers: {x-a: '\${secret:HOLDFAST_TEST_SECRET}'}}
      rate: 20/s
      during: [fault]
      expect: {body: {excludes: ['${options.good === true ? 'never' : 'lit3ral'}']}}
  faults:
    - name: broken details
      abort: {service: details, httpStatus: 555}
`;
};

async function start(args: readonly string[], text: string, more: NodeJS.ProcessEnv = {}): Promise<CommandLine> {
  const file = join(sandbox.kubeconfigPath, '..', `${crypto.randomUUID()}.yaml`);
  writeFileSync(file, text);
  return startCommandLine(
    args.map((it) => (it === 'FILE' ? file : it)),
    { ...env, ...more },
  );
}

const cluster = () => ['--kubeconfig', sandbox.kubeconfigPath, '--context', sandbox.context];

/** Everything that a command has said and written, and what stands in the cluster. */
async function everything(line: CommandLine): Promise<Record<string, string>> {
  const { stdout, stderr } = await line.ended;
  return { stdout, stderr, ...objects(), ...textsBelow(line.folder) };
}

function objects(): Record<string, string> {
  const kinds = ['virtualservices.networking.istio.io', 'destinationrules.networking.istio.io', 'pods', 'events'];
  const all = [...kinds, 'leases.coordination.k8s.io', 'configmaps', 'chaosblades.chaosblade.io'];
  return Object.fromEntries(all.map((kind) => [kind, JSON.stringify(sandbox.store.list(kind))]));
}

describe('planted secrets come out nowhere', () => {
  it('of a run that fails on answers which echo them, nor of its reports made again', async () => {
    const line = await start(['run', 'FILE', ...cluster()], experiment());
    await line.reached('the fault phase', inFaultPhase);
    const during = { ...objects(), ...ofChildren(line.process.pid ?? 0) };
    const { code, stderr } = await line.ended;
    expect(code, stderr).toBe(1);
    expect(stderr).toContain('expected header set-cookie to contain ***, got ***');
    expect(stderr).toMatch(/expected body without "lit3ral", got ".*\*\*\*/);
    const again = await startCommandLine(['report', 'latest', '--output', join(line.folder, 'reports')]);
    const { stdout: out, stderr: err } = await again.ended;
    const said = await everything(line);
    expect(Object.values(said).join('')).toContain('expected body to contain \\"never there\\", got');
    expect(leaks(secrets, { ...during, ...said, 'report stdout': out, 'report stderr': err })).toEqual([]);
  });

  it('of a run that passes, on a terminal that is redrawn', async () => {
    const tty = 'Object.defineProperty(process.stderr, "isTTY", { value: true })';
    const preload = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(tty)}`, FORCE_COLOR: '1' };
    const line = await start(['run', 'FILE', ...cluster()], experiment({ good: true }), preload);
    const { code, stderr } = await line.ended;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('\u001B[');
    expect(leaks(secrets, await everything(line))).toEqual([]);
  });

  it.each([
    ['a plan', ['plan', 'FILE']],
    ['a plan as JSON', ['plan', 'FILE', '-o', 'json']],
  ])('of %s', async (_, args) => {
    const line = await start([...args, ...cluster()], experiment());
    expect((await line.ended).code).toBe(0);
    expect(leaks(secrets, await everything(line))).toEqual([]);
  });

  it.each([
    ['a list', ['list', 'FILE', '-o', 'json'], experiment],
    [
      'mistakes in a file',
      ['validate', 'FILE'],
      () => experiment().replaceAll('status: 200', 'status: "${secret:HOLDFAST_TEST_SECRET}"'),
    ],
  ])('of %s', async (_, args, text) => {
    const line = await start(args, text());
    expect((await line.ended).stdout.length + (await line.ended).stderr.length).toBeGreaterThan(20);
    expect(leaks({ env: planted['secret of the environment'] }, await everything(line))).toEqual([]);
  });

  it.each([
    ['an interrupt', 'SIGINT', 130],
    ['a defect that names them', 'SIGUSR2', 3],
  ] as const)('of %s in the fault phase', async (_, signal, code) => {
    const boom = `process.once("SIGUSR2", () => { throw new Error("boom " + process.env.HOLDFAST_TEST_SECRET + " Bearer ${planted['bearer token of a header']}") })`;
    const preload = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(boom)}` };
    const line = await start(['run', 'FILE', ...cluster()], experiment({ fault: '60s' }), preload);
    await line.reached('answers in the fault phase', (event) => event.type === 'samples' && event.phase === 'fault');
    line.process.kill(signal);
    const ended = await line.ended;
    expect(ended.code, ended.stderr).toBe(code);
    if (signal === 'SIGUSR2') expect(ended.stderr).toContain('boom ***');
    expect(leaks(secrets, await everything(line))).toEqual([]);
  });

  it('of the process in which a sandbox runs', async () => {
    const line = await start(['run', 'FILE', '--sandbox'], experiment({ fault: '60s', kube: false }));
    await until('the sandbox to start', () => Object.keys(ofChildren(line.process.pid ?? 0)).length > 0, 20_000);
    await line.reached('the fault phase', inFaultPhase);
    const children = ofChildren(line.process.pid ?? 0);
    expect(Object.keys(children)).not.toEqual([]);
    line.process.kill('SIGINT');
    const { 'token of the kubeconfig': _, ...rest } = secrets;
    expect(leaks(rest, { ...children, ...(await everything(line)) })).toEqual([]);
  });
});

describe('credentials of the cluster come out nowhere', () => {
  it('when the API server puts them into its refusal, whoever gave them', async () => {
    const token = 'k8s-plug1n-token/abc+def==';
    const variable = 'pl4gin-environment-value-1';
    const password = 'k8s-basic-passw0rd-2';
    const key = Buffer.from('-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n').toString(
      'base64',
    );
    const forbidding = await serveHttp((request, response) => {
      const said = `token ${request.headers.authorization} ${token} ${variable} ${password} ${key}`;
      const message = `${said} ${Buffer.from(said).toString('base64')} ${encodeURIComponent(said)}`;
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', reason: 'Forbidden', code: 403, message }));
    });
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './plugin.sh',
      interactiveMode: 'Never',
      env: [{ name: 'API_TOKEN', value: variable }],
    };
    const credential = { apiVersion: exec.apiVersion, kind: 'ExecCredential', status: { token } };
    const folder = join(sandbox.kubeconfigPath, '..');
    writeFileSync(join(folder, 'plugin.sh'), `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`);
    chmodSync(join(folder, 'plugin.sh'), 0o755);
    const users: readonly (readonly [string, object, Record<string, string>])[] = [
      ['plugin', { exec }, { token, variable }],
      ['basic', { username: 'admin', password }, { password }],
      ['key', { token, 'client-key-data': key }, { token, key }],
    ];
    for (const [name, user, known] of users) {
      const path = join(folder, `${name}.kubeconfig`);
      const server = `http://127.0.0.1:${forbidding.port}`;
      writeFileSync(path, kubeconfig(server, user));
      const line = await start(['run', 'FILE', '--kubeconfig', path, '--context', 'planted'], experiment());
      const { code, stderr } = await line.ended;
      expect(code, stderr).toBe(3);
      expect(stderr).toContain('***');
      expect(leaks(known, await everything(line)), name).toEqual([]);
    }
    await forbidding.close();
  });

  it('when their plugin or the kubeconfig cannot be read', async () => {
    const folder = join(sandbox.kubeconfigPath, '..');
    const token = 'half-printed-t0ken-12345';
    writeFileSync(join(folder, 'noise.sh'), `#!/bin/sh\necho '${token} is not JSON'\n`);
    chmodSync(join(folder, 'noise.sh'), 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './noise.sh', interactiveMode: 'Never' };
    const broken = `users:\n- name: x\n  user: {token: "${token}" "${token}"}\n  ]: ${token}\n`;
    for (const text of [kubeconfig('http://127.0.0.1:1', { exec }), broken]) {
      const path = join(folder, 'noise.kubeconfig');
      writeFileSync(path, text);
      const line = await start(['status', '--kubeconfig', path, '--context', 'planted'], '');
      const { code } = await line.ended;
      expect(code).toBeGreaterThan(0);
      expect(leaks({ token }, await everything(line))).toEqual([]);
    }
  });
});

function kubeconfig(server: string, user: object): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'planted', context: { cluster: 'c', user: 'u' } }],
  });
}

/** Command lines and environments of the processes that a process has started. */
function ofChildren(parent: number): Record<string, string> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = pids.filter((pid) => read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[1] === String(parent));
  return Object.fromEntries(
    children.flatMap((pid) =>
      ['cmdline', 'environ'].map((what) => [`${what} of ${pid}`, read(`/proc/${pid}/${what}`)]),
    ),
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
