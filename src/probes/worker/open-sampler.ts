import { Worker } from 'node:worker_threads';
import { HoldfastError } from '../../model/errors.ts';
import type { Sample } from '../../model/sample.ts';
import type { OpenSampler, Sampler } from '../sampler.ts';
import { createCalls, type Calls } from './calls.ts';
import type { FromWorker, WorkerData } from './messages.ts';

/** A sampler whose requests leave from a worker thread started from `workerFile`, so a busy main thread delays none. */
export function openWorkerSampler(workerFile: URL): OpenSampler {
  return async ({ ingress: found, epoch }) => {
    const { close: _, ...ingress } = found;
    const data: WorkerData = { ingress, epoch };
    const worker = new Worker(workerFile, { workerData: data, name: 'holdfast-probes', execArgv: [] });
    const receivers = new Map<string, (stream: string, samples: readonly Sample[]) => void>();
    const calls = createCalls((message) => worker.postMessage(message));
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'samples') receivers.get(message.stream)?.(message.stream, message.samples);
      else calls.settle(message);
    });
    worker.on('error', (error) => calls.fail(workerFailed(error.message, error)));
    worker.on('exit', (code) => calls.fail(workerFailed(`it ended with code ${code}`)));
    await calls.ready;
    return samplerOf(calls, receivers, async () => {
      calls.fail(workerFailed('it was closed'));
      await worker.terminate();
    });
  };
}

function samplerOf(
  calls: Calls,
  receivers: Map<string, (stream: string, samples: readonly Sample[]) => void>,
  close: () => Promise<void>,
): Sampler {
  return {
    async login(sessions, signal) {
      await calls.perform({ do: 'login', sessions }, signal).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error;
      });
      signal.throwIfAborted();
    },
    async start(streams, onSamples) {
      for (const { id } of streams) receivers.set(id, onSamples);
      await calls.perform({ do: 'start', streams });
    },
    async stop(streams, signal) {
      await calls.perform({ do: 'stop', streams }, signal);
      for (const id of streams) receivers.delete(id);
    },
    async once(request, expect, signal) {
      const sample = await calls.perform({ do: 'once', request, expect }, signal);
      if (sample === undefined) throw workerFailed('it answered without a sample');
      return sample;
    },
    close,
  };
}

function workerFailed(why: string, cause?: unknown): HoldfastError {
  return new HoldfastError('PROBE_WORKER_FAILED', {
    message: `the probe worker failed: ${why}`,
    hint: 'Samples after this moment are missing. If it happens again, lower the rates and report it.',
    ...(cause !== undefined && { cause }),
  });
}
