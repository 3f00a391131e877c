import { describe, expect, it } from 'vitest';
import { createStepStack, type Undo } from '../../src/engine/step-stack.ts';
import { stepUntil } from '../helpers/run-fake.ts';
import { createSteppedClock } from '../helpers/stepped-clock.ts';

function setUp(budget = 30_000) {
  const clock = createSteppedClock();
  const stack = createStepStack(clock, budget);
  const done: string[] = [];
  const push = (title: string, undo?: Undo['undo'], step: Undo['step'] = 'rollback'): Undo => {
    const entry: Undo = {
      step,
      title,
      manual: [`undo ${title}`],
      undo: async (signal) => {
        await undo?.(signal);
        done.push(title);
      },
    };
    stack.push(entry);
    return entry;
  };
  const unwind = async (step: Undo['step'] = 'rollback') => {
    const failures = stack.unwind(step);
    await stepUntil(clock, failures);
    return failures;
  };
  return { clock, stack, done, push, unwind };
}

const fail = async (): Promise<never> => {
  throw new Error('refused');
};
const hang = (): Promise<void> => new Promise(() => undefined);

describe('the stack of undos', () => {
  it('takes back the newest first, one step at a time', async () => {
    const { push, unwind, done } = setUp();
    push('lock', undefined, 'unlock');
    push('first');
    push('second');
    await unwind();
    expect(done).toEqual(['second', 'first']);
    await unwind('unlock');
    expect(done).toEqual(['second', 'first', 'lock']);
  });

  it('attempts every undo and keeps every error', async () => {
    const { push, unwind, done, stack } = setUp();
    push('first', fail);
    push('second');
    push('third', fail);
    const failures = await unwind();
    expect(failures.map((it) => it.undo.title)).toEqual(['third', 'first']);
    expect(done).toEqual(['second']);
    expect(stack.open().map((it) => it.title)).toEqual(['third', 'first']);
  });

  it('keeps time for the others when one hangs', async () => {
    const { push, unwind, done, clock } = setUp();
    push('first');
    push('second', hang);
    const [failure] = await unwind();
    expect(failure?.error).toMatchObject({ code: 'ROLLBACK_TIMEOUT', details: { hint: 'Do it by hand: undo second' } });
    expect(done).toEqual(['first']);
    expect(clock.now()).toBeLessThanOrEqual(30_040);
  });

  it('tells an undo that its time is over', async () => {
    const { push, unwind } = setUp(5_000);
    let told = false;
    push('first', async (signal) => {
      signal.addEventListener('abort', () => {
        told = true;
      });
      await hang();
    });
    await unwind();
    expect(told).toBe(true);
  });

  it('counts what is being taken back as still there', async () => {
    const { push, unwind, stack } = setUp();
    const seen: string[][] = [];
    push('first', async () => void seen.push(stack.open().map((it) => it.title)));
    await unwind();
    expect(seen).toEqual([['first']]);
    expect(stack.open()).toEqual([]);
  });

  it('takes nothing back twice', async () => {
    const { push, unwind, done, stack } = setUp();
    const entry = push('first');
    await stack.undo(entry);
    expect(await stack.undo(entry)).toEqual([]);
    await unwind();
    expect(done).toEqual(['first']);
    expect(stack.open()).toEqual([]);
  });
});
