import { expect, it } from 'vitest';
import type { Sample } from '../../../src/model/sample.ts';
import { openWorkerSampler } from '../../../src/probes/worker/open-sampler.ts';
import { buildProbeWorker } from '../../helpers/probe-worker.ts';
import { ingressAt, newRequest, NOTHING_EXPECTED } from '../../helpers/probes.ts';
import { serveHttp } from '../../helpers/test-server.ts';

// For a machine under load; an idle one is within 10 ms. The benchmarks do a whole minute of it.
const TOLERANCE_MS = 500;

it('answers of 7 s at 20 a second are all sampled, each with its own time', { timeout: 20_000 }, async () => {
  const worker = await buildProbeWorker();
  const server = await serveHttp((_, response) => setTimeout(() => response.end(), 7000));
  const epoch = Number(process.hrtime.bigint()) / 1e6;
  const sampler = await openWorkerSampler(worker.file)({ ingress: ingressAt(server.port), epoch });
  try {
    const samples: Sample[] = [];
    const pacing = { kind: 'open', perSecond: 20, maxInFlight: 1000 } as const;
    const stream = { id: 'page', request: newRequest(), pacing, expect: NOTHING_EXPECTED, duration: 1000 };
    await sampler.start([stream], (_, batch) => samples.push(...batch));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await sampler.stop(['page']);
    expect(samples).toHaveLength(20);
    for (const { status, due, end } of samples) {
      expect(status).toBe(200);
      expect(end - due).toBeGreaterThanOrEqual(6999);
      expect(end - due).toBeLessThan(7000 + TOLERANCE_MS);
    }
  } finally {
    await sampler.close();
    await server.close();
    worker.remove();
  }
});
