import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll } from 'vitest';
import { startTestSandbox } from './start-sandbox.ts';
import type { WhyCommands } from './why-page.ts';

const root = resolve(import.meta.dirname, '../..');
const made: string[] = [];

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What the commands of one section did. */
export interface Shown {
  readonly exits: readonly number[];
  /** All that was printed. */
  readonly said: string;
  readonly folder: string;
  /** What Holdfast asked of the API server to change, as `create leases.coordination.k8s.io default/x`. */
  readonly writes: readonly string[];
  /** Whether every VirtualService was afterwards what it had been. */
  readonly isClean: boolean;
}

/** Runs sections one after another on a sandbox of their own, each in a folder of its own. */
export async function runLane(
  sections: readonly string[],
  commands: ReadonlyMap<string, WhyCommands>,
): Promise<readonly (readonly [string, Shown])[]> {
  const writes: string[] = [];
  const sandbox = await startTestSandbox({
    intervene: ({ verb, resource, namespace, name, userAgent }) => {
      const isRead = ['get', 'list', 'watch'].includes(verb) || resource.includes('accessreview');
      if (!isRead && userAgent.startsWith('holdfast')) writes.push(`${verb} ${resource} ${namespace}/${name}`);
      return undefined;
    },
  });
  const rules = (): string =>
    JSON.stringify(
      sandbox.store
        .list('virtualservices.networking.istio.io')
        .map(({ metadata: { name, labels, annotations }, ...rest }) => [name, labels, annotations, rest['spec']]),
    );
  const before = rules();
  const shown: (readonly [string, Shown])[] = [];
  try {
    for (const section of sections) {
      const from = writes.length;
      const script = commands.get(section)?.script ?? '';
      const run = await runScript(script, { KUBECONFIG: sandbox.kubeconfigPath });
      shown.push([section, { ...run, writes: writes.slice(from), isClean: rules() === before }]);
    }
    return shown;
  } finally {
    await sandbox.close();
  }
}

/** Runs a section as it stands on the page, with `npx holdfast` leading to the command line that was built. */
export async function runScript(
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<Pick<Shown, 'exits' | 'said' | 'folder'>> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-why-'));
  made.push(folder);
  cpSync(join(root, 'test/fixtures/why'), join(folder, 'test/fixtures/why'), { recursive: true });
  symlinkSync(join(root, 'bin'), join(folder, 'bin'));
  const tools = join(folder, 'tools');
  mkdirSync(tools);
  // npm would take half a second each time, and nothing is to be installed.
  const npx = `#!/bin/sh\nshift\nexec node ${join(root, 'bin/holdfast.js')} "$@"\n`;
  writeFileSync(join(tools, 'npx'), npx, { mode: 0o755 });
  writeFileSync(join(tools, 'npm'), '#!/bin/sh\n', { mode: 0o755 });
  const { all } = await execa('bash', ['-c', script], {
    cwd: folder,
    env: { ...env, PATH: [tools, process.env['PATH']].join(delimiter) },
    all: true,
    reject: false,
    timeout: 100_000,
  });
  const exits = [...all.matchAll(/^::exit (\d+)$/gm)].map(([, code]) => Number(code));
  return { exits, said: all, folder };
}

/** Whether the run could not believe its own times because the machine was too busy, and said so. */
export function couldNotMeasure({ said, exits }: Shown): boolean {
  return exits.includes(4) && said.includes('too late for their times to be believed');
}

/** The only experiment in the reports of a section, as `report.json` tells it. */
export function toldIn({ folder }: Shown): {
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly durationMs: number;
} {
  const text = readFileSync(join(folder, 'reports/report.json'), 'utf8');
  const { experiments } = JSON.parse(text) as { readonly experiments: readonly ReturnType<typeof toldIn>[] };
  const [told] = experiments;
  if (told === undefined) throw new Error(`no experiment is told of:\n${text}`);
  return told;
}
