import { resolve } from 'node:path';
import { expect } from 'vitest';
import type { JournalEvent } from '../../src/model/event.ts';
import { type CommandLine, startCommandLine } from './command-line.ts';
import { startTestSandbox, type TestSandbox } from './start-sandbox.ts';

const long = resolve(import.meta.dirname, '../fixtures/e2e/abort/long.yaml');

/** A sandbox in which runs are stopped while their fault is in VirtualService `details`. */
export interface FaultedWorld {
  readonly sandbox: TestSandbox;
  /** Flags that name the sandbox. */
  readonly cluster: readonly string[];
  /** What a run must give back byte for byte. */
  details(): string;
  /** A run that has reached its fault phase, which lasts longer than any test. */
  startLong(): Promise<CommandLine>;
}

/** Starts the sandbox; whoever asked for it closes it. */
export async function startFaultedWorld(): Promise<FaultedWorld> {
  const sandbox = await startTestSandbox();
  const cluster = ['--kubeconfig', sandbox.kubeconfigPath, '--context', sandbox.context];
  const details = (): string => {
    const found = sandbox.store
      .list('virtualservices.networking.istio.io', 'default')
      .find((it) => it.metadata.name === 'details');
    return JSON.stringify([found?.['spec'], found?.metadata.labels, found?.metadata.annotations]);
  };
  return {
    sandbox,
    cluster,
    details,
    startLong: async () => {
      const line = await startCommandLine(['run', long, ...cluster]);
      await line.reached('the fault phase', inFaultPhase);
      expect(details()).toContain('holdfast');
      return line;
    },
  };
}

/** The event at which the fault phase begins. */
export function inFaultPhase(event: JournalEvent): boolean {
  return event.type === 'phase-started' && event.phase === 'fault';
}
