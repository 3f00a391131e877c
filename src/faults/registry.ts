import { createObjectMemory } from '../undo/object-memory.ts';
import { createChaosBladeDriver } from './chaosblade/chaosblade-driver.ts';
import type { FaultDriver } from './driver.ts';
import { createIstioDriver } from './istio/istio-driver.ts';
import { createPodKillDriver } from './pod-kill/pod-kill-driver.ts';

/** One driver of each kind. Adding a kind of fault ends here. */
export function createFaultDrivers(memory = createObjectMemory()): readonly FaultDriver[] {
  return [createIstioDriver(memory), createChaosBladeDriver(memory), createPodKillDriver(memory)];
}
