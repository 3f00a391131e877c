import { parentPort, workerData } from 'node:worker_threads';
import { serializeError } from '../../model/errors.ts';
import { watchLoop } from '../load/watch-loop.ts';
import type { FromWorker, ToWorker, WorkerData } from './messages.ts';
import { createProber } from './prober.ts';
import { sharedClock } from './shared-clock.ts';

const { ingress, epoch, secrets, offLimits } = workerData as WorkerData;
const SIGN_OF_LIFE_MS = 1000;
const port = parentPort;
if (port === null) throw new Error('the probe worker runs only as a worker thread');

const post = (message: FromWorker): void => port.postMessage(message);
const loop = watchLoop();
const aborts = new Map<number, () => void>();
const prober = createProber({
  ingress,
  now: sharedClock(epoch),
  emit: (stream, batch) => post({ type: 'samples', stream, ...batch }),
  secrets,
  offLimits,
  onSecrets: (values) => post({ type: 'secrets', values }),
});

port.on('message', (message: ToWorker) => {
  if ('abort' in message) aborts.get(message.abort)?.();
  else void answer(message);
});
post({ type: 'ready' });
setInterval(() => post({ type: 'alive' }), SIGN_OF_LIFE_MS);

async function answer({ id, call }: Extract<ToWorker, { call: unknown }>): Promise<void> {
  try {
    if (call.do === 'load') return post({ type: 'done', id, load: loop.take() });
    const sample = await prober.perform(call, (abort) => aborts.set(id, abort));
    post({ type: 'done', id, ...(sample && { sample }) });
  } catch (error) {
    post({ type: 'failed', id, error: serializeError(error) });
  } finally {
    aborts.delete(id);
  }
}
