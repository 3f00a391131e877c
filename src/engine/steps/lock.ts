import { HoldfastError } from '../../model/errors.ts';
import { type PreparedLab, step } from '../lab.ts';

/** Takes every target for this run alone. In one order for everybody, so that two runs never wait for each other. */
export async function lock(lab: PreparedLab): Promise<void> {
  await step(lab, 'lock', `Lock ${lab.plan.lockKeys.join(', ')}`, async () => lockKeys(lab, lab.plan.lockKeys));
}

/** Takes targets beside those that are held. */
export async function lockKeys(lab: PreparedLab, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    lab.emit({ type: 'mutating', mutation: { what: 'lock', key } });
    await lab.journal.sync();
    const held = await lab.world.lock(key, lab.signal);
    const lost = (): void => lab.stop(lockLost(key, held.lost.reason));
    held.lost.addEventListener('abort', lost, { once: true });
    lab.stack.push({
      step: 'unlock',
      title: `lock ${key}`,
      manual: [],
      undo: async () => {
        held.lost.removeEventListener('abort', lost);
        lab.emit({ type: 'mutating', mutation: { what: 'unlock', key } });
        await lab.journal.sync().catch(() => undefined);
        await held.release();
        lab.emit({ type: 'mutated', mutation: { what: 'unlock', key } });
      },
    });
    lab.emit({ type: 'mutated', mutation: { what: 'lock', key } });
    if (held.lost.aborted) lost();
  }
}

function lockLost(key: string, reason: unknown): HoldfastError {
  if (reason instanceof HoldfastError && reason.code === 'LOCK_LOST') return reason;
  return new HoldfastError('LOCK_LOST', {
    message: 'The lock could not be renewed in time, so another run may have taken it.',
    where: key,
    hint: 'Check that the API server answers steadily, then run again.',
  });
}
