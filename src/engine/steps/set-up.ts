import { recoverCommand } from '../../cluster/cluster.ts';
import { isGood } from '../../judge/good-request.ts';
import { effectiveExpectation } from '../../judge/effective-expectation.ts';
import { describeRef } from '../../model/describe-ref.ts';
import type { SetupHandle } from '../../undo/setup.ts';
import { hasLostLock, type PreparedLab, contextOf, step, write } from '../lab.ts';
import { pollUntil } from '../poll.ts';
import { prepare } from '../prepare.ts';
import { lockKeys } from './lock.ts';
import { HoldfastError } from '../../model/errors.ts';

/** Longest wait for the proxies to act on the setup. */
const SETTLE_MS = 10_000;

/** Brings about the situation under test, then waits until the hypothesis holds in it once. */
export async function setUp(lab: PreparedLab): Promise<PreparedLab> {
  const { handles } = lab.setup;
  if (handles.length === 0) return lab;
  return step(lab, 'setup', `Set up ${handles.map((it) => describeRef(it.object)).join(', ')}`, async () => {
    for (const handle of handles) await applySetup(lab, handle);
    const planned = await planAgain(lab);
    await settle(lab);
    return planned;
  });
}

async function applySetup(lab: PreparedLab, handle: SetupHandle): Promise<void> {
  const { object } = handle;
  lab.emit({ type: 'mutating', mutation: { what: 'setup', object } });
  await lab.journal.sync();
  lab.signal.throwIfAborted();
  lab.stack.push({
    step: 'undo-setup',
    title: `setup of ${describeRef(object)}`,
    manual: [recoverCommand(lab.world.cluster, lab.runId)],
    undo: async (signal) => {
      lab.emit({ type: 'mutating', mutation: { what: 'undo-setup', object } });
      await lab.journal.sync().catch(() => undefined);
      const { drift } = await lab.world.setup.undo(handle, contextOf(lab, signal), { onlyMarked: hasLostLock(lab) });
      lab.book.drift(drift);
      lab.emit({ type: 'mutated', mutation: { what: 'undo-setup', object } });
    },
  });
  await write(lab, `Setting up ${describeRef(object)}`, async (context) =>
    lab.world.setup.apply(lab.setup, handle, context),
  );
  lab.emit({ type: 'mutated', mutation: { what: 'setup', object } });
}

/** The faults go into what is there now, which the setup may have changed. */
async function planAgain(lab: PreparedLab): Promise<PreparedLab> {
  const { faults } = await prepare(lab);
  const errors = faults.flatMap((it) => it.prepared.findings).filter((it) => it.severity === 'error');
  if (errors[0] !== undefined) {
    throw new HoldfastError('PREFLIGHT_FAILED', { ...errors[0], message: `After the setup: ${errors[0].message}` });
  }
  const keys = new Set(faults.flatMap((it) => it.prepared.plan.lockKeys));
  await lockKeys(
    lab,
    [...keys].filter((key) => !lab.plan.lockKeys.includes(key)),
  );
  lab.book.faults(faults);
  return { ...lab, faults };
}

/** Whether the hypothesis holds for a while is the baseline's question; here one good answer to each probe will do. */
async function settle(lab: PreparedLab): Promise<void> {
  const sampler = await lab.sampler;
  const probes = lab.experiment.hypothesis.filter((it) => it.during.includes('baseline'));
  const deadline = lab.clock.now() + SETTLE_MS;
  await Promise.all(
    probes.map(async (probe) =>
      pollUntil({
        clock: lab.clock,
        signal: lab.signal,
        deadline,
        every: 50,
        needed: 1,
        maxInFlight: 2,
        overlap: 'wait',
        look: async (signal) => {
          const expect = effectiveExpectation(probe, 'baseline');
          const sample = await sampler.once(probe.http, expect, signal);
          return { at: lab.epoch + sample.due, wanted: isGood(sample, expect) };
        },
      }),
    ),
  );
}
