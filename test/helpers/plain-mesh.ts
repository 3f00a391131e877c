import type { Mesh } from '../../src/sandbox/mesh/mesh.ts';

/** A mesh that does nothing: pods answer by themselves and call each other directly. */
export function plainMesh(): Mesh {
  return {
    sidecar: (_pod, applicationPorts) =>
      Promise.resolve({ inboundPorts: applicationPorts, metricsPort: 0, close: () => Promise.resolve() }),
    gateway: () => Promise.resolve({ inboundPorts: new Map(), metricsPort: 0, close: () => Promise.resolve() }),
    close: () => Promise.resolve(),
  };
}
