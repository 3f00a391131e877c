import { resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram, runCli } from '../../src/cli/program.ts';
import { testIo } from '../helpers/test-io.ts';

const root = resolve(import.meta.dirname, '../..');
const OFFLINE = ['validate', 'list', 'schema'];
const names = namesOf(createProgram(testIo()));

describe('the help of every command', () => {
  it.each(names)('%s ends with examples of it', async (name) => {
    expect(await examplesOf(name)).not.toEqual([]);
  });

  it.each(OFFLINE)('%s has examples that work when they are pasted', async (name) => {
    for (const example of await examplesOf(name)) {
      const io = testIo({ cwd: root });
      await runCli(wordsOf(example), io);
      expect([example, io.err().includes('error'), io.exitCode()]).toEqual([example, false, 0]);
    }
  });

  it.each(names.filter((name) => !OFFLINE.includes(name)))('%s has examples with known flags', async (name) => {
    const io = testIo();
    await runCli([...name.split(' '), '--help'], io);
    for (const flag of (await examplesOf(name)).flatMap(wordsOf).filter((word) => word.startsWith('-'))) {
      expect(io.out()).toMatch(new RegExp(`^  (?:-\\w, )?${flag}\\b|^  ${flag}, `, 'm'));
    }
  });
});

function namesOf(command: Command, above: readonly string[] = []): string[] {
  return command.commands.flatMap((each) => {
    const name = [...above, each.name()];
    return [name.join(' '), ...namesOf(each, name)];
  });
}

async function examplesOf(name: string): Promise<string[]> {
  const io = testIo();
  await runCli([...name.split(' '), '--help'], io);
  const [, examples = ''] = io.out().split(/\nExamples?:\n/);
  return examples.split('\n').filter((line) => line.startsWith(`  holdfast ${name}`));
}

/** The arguments of an example: without the command, a remark after three blanks, and where the output goes. */
function wordsOf(example: string): string[] {
  const command = example.trim().split(/ {3}| > /)[0] ?? '';
  return command.split(' ').slice(1);
}
