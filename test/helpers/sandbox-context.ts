import { setMaxListeners } from 'node:events';
import { connect } from '../../src/cluster/connect.ts';
import { systemClock } from '../../src/engine/clock.ts';
import type { DriverContext } from '../../src/faults/driver.ts';
import type { TestSandbox } from './start-sandbox.ts';

/** A driver's context on a sandbox, over a connection of its own; whoever asks for it closes `cluster`. */
export async function sandboxContext({ kubeconfigPath, context }: TestSandbox): Promise<DriverContext> {
  const cluster = await connect({ kubeconfig: kubeconfigPath, context, env: {}, clock: systemClock });
  const { signal } = new AbortController();
  // Every wait of every test listens to it.
  setMaxListeners(0, signal);
  return { cluster, clock: systemClock, signal };
}
