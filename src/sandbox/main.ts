import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOptions } from './parse-options.ts';
import { startSandbox } from './start-sandbox.ts';
import type { Sandbox } from './start-sandbox.ts';

/** Started by a program that talks to it, not by hand. */
const hasParent = process.send !== undefined;

// Whoever started a detached sandbox closes its end of the pipes; writing to them is no reason to die.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
// A parent that goes away while this one starts has nobody to tell.
process.once('disconnect', () => process.exit(0));

try {
  const options = parseOptions(process.argv.slice(2));
  const sandbox = await startSandbox(options);
  // It may have gone before anybody here listened.
  if (hasParent && !process.connected) process.exit(0);
  const kubeconfig = writeKubeconfig(sandbox.kubeconfig);
  endWith(sandbox, hasParent && !options.detached);
  const { context, ingress, apiServer } = sandbox;
  announce({ kubeconfig, context, ingress, apiServer, pid: process.pid, seed: options.seed });
} catch (error) {
  process.stderr.write(`holdfast sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

/** A file that only its owner can read, in a folder that goes when the process ends. */
function writeKubeconfig(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-sandbox-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

/** Ends with its parent, and with TERM or INT; a parent's Ctrl-C must leave it up for the rollback. */
function endWith(sandbox: Sandbox, parent: boolean): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    void sandbox.close().finally(() => process.exit(0));
  };
  process.removeAllListeners('disconnect');
  if (parent) process.on('disconnect', end);
  process.on('SIGTERM', end);
  process.on('SIGINT', parent ? () => undefined : end);
  if (hasParent) process.on('SIGHUP', () => undefined);
}

function announce(facts: Readonly<Record<string, string | number>>): void {
  if (process.send) process.send(facts);
  else process.stdout.write(`${JSON.stringify(facts)}\n`);
}
