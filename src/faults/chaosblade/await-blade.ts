import type { Millis } from '../../model/clock.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import { readBlade } from './resources.ts';
import { isTerminal, readStatus } from './status.ts';

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

/**
 * Reads a resource until the operator is through with it, or for `ms`; the last reading, or undefined when it is gone.
 * Writes nothing: any write before loses what the operator knows of the fault. Source: chaosblade-operator, resource versions.
 */
export async function awaitTerminal(
  name: string,
  first: KubernetesObject,
  ms: Millis,
  context: DriverContext,
): Promise<KubernetesObject | undefined> {
  return readUntil(name, first, ms, context, (object) => object === undefined || isTerminal(readStatus(object)));
}

/** Reads a resource until `done`, or for `ms`; the last reading, or undefined when it is gone. */
export async function readUntil(
  name: string,
  first: KubernetesObject | undefined,
  ms: Millis,
  context: DriverContext,
  done: (object: KubernetesObject | undefined) => boolean,
): Promise<KubernetesObject | undefined> {
  const { clock, signal } = context;
  const end = clock.now() + ms;
  let last = first;
  for (let pause = FIRST_PAUSE_MS; !done(last) && clock.now() < end; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await clock.sleep(Math.min(pause, end - clock.now()), signal);
    last = await readBlade(context, name);
  }
  return last;
}
