import { Worker } from 'node:worker_threads';
import { HoldfastError } from '../../model/errors.ts';
import { type RunnerWatch, watchRunner } from '../load/watch-runner.ts';
import type { OnSamples, OnSent, OpenSampler, Sampler } from '../sampler.ts';
import { createCalls, type Calls } from './calls.ts';
import type { Batch, FromWorker, WorkerData } from './messages.ts';

const PATIENCE = 20;

/** What the probes must not show, and where they must not go. */
export interface ProbeLimits {
  /** Values that no sample may show; asked when a sampler is opened. */
  readonly secrets: () => readonly string[];
  /** Hears the values that servers set and that nobody may see. */
  readonly onSecrets: (values: readonly string[]) => void;
  /** `host:port` of servers to which no redirect is followed. */
  readonly offLimits: readonly string[];
  /** Seconds without a sign of life after which the thread is stuck; 20 unless said otherwise. */
  readonly patience?: number;
}

const NO_LIMITS: ProbeLimits = { secrets: () => [], onSecrets: () => undefined, offLimits: [] };

/** A sampler whose requests leave from a worker thread started from `workerFile`, so a busy main thread delays none. */
export function openWorkerSampler(workerFile: URL, limits: ProbeLimits = NO_LIMITS): OpenSampler {
  return async ({ ingress: found, epoch }) => {
    const { close: _, ...ingress } = found;
    const data: WorkerData = { ingress, epoch, secrets: limits.secrets(), offLimits: limits.offLimits };
    const worker = new Worker(workerFile, { workerData: data, name: 'holdfast-probes', execArgv: [] });
    const receivers: Receivers = new Map();
    const calls = createCalls((message) => worker.postMessage(message));
    const { patience = PATIENCE } = limits;
    const watchdog = watchSilence(patience, () => {
      calls.fail(workerFailed(`it was stuck for ${patience} s, most likely in a check of an answer`));
      void worker.terminate();
    });
    worker.on('message', (message: FromWorker) => {
      watchdog.heard();
      if (message.type === 'samples') receivers.get(message.stream)?.(message);
      else if (message.type === 'secrets') limits.onSecrets(message.values);
      else if (message.type !== 'alive') calls.settle(message);
    });
    worker.on('error', (error) => calls.fail(workerFailed(error.message, error)));
    worker.on('exit', (code) => {
      watchdog.stop();
      calls.fail(workerFailed(`it ended with code ${code}`));
    });
    await calls.ready;
    const runner = watchRunner();
    return samplerOf(calls, receivers, runner, async () => {
      runner.stop();
      calls.fail(workerFailed('it was closed'));
      await worker.terminate();
    });
  };
}

/** Counts our own seconds: when the whole process stands still, nobody is to blame. */
function watchSilence(seconds: number, onStuck: () => void): { heard(): void; stop(): void } {
  let silent = 0;
  const timer = setInterval(() => {
    silent += 1;
    if (silent < seconds) return;
    clearInterval(timer);
    onStuck();
  }, 1000);
  timer.unref();
  return {
    heard: () => (silent = 0),
    stop: () => clearInterval(timer),
  };
}

type Receivers = Map<string, (batch: Batch) => void>;

function receive(stream: string, onSamples: OnSamples, onSent: OnSent | undefined): (batch: Batch) => void {
  return ({ samples, sent }) => {
    if (sent.length > 0) onSent?.(stream, sent);
    if (samples.length > 0) onSamples(stream, samples);
  };
}

function samplerOf(calls: Calls, receivers: Receivers, runner: RunnerWatch, close: () => Promise<void>): Sampler {
  return {
    async login(sessions, signal) {
      await calls.perform({ do: 'login', sessions }, signal).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error;
      });
      signal.throwIfAborted();
    },
    async start(streams, onSamples, onSent) {
      for (const { id } of streams) receivers.set(id, receive(id, onSamples, onSent));
      await calls.perform({ do: 'start', streams });
    },
    async stop(streams, signal) {
      await calls.perform({ do: 'stop', streams }, signal);
      for (const id of streams) receivers.delete(id);
    },
    async once(request, expect, signal) {
      const { sample } = await calls.perform({ do: 'once', request, expect }, signal);
      if (sample === undefined) throw workerFailed('it answered without a sample');
      return sample;
    },
    async load() {
      const { load } = await calls.perform({ do: 'load' });
      if (load === undefined) throw workerFailed('it did not say how busy it was');
      return runner.take(load);
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
