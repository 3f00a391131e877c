import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { loadText } from '../helpers/load-text.ts';
import { testIo } from '../helpers/test-io.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = globSync(['*.md', 'docs/**/*.md', 'src/**/*.md'], { cwd: root }).sort();
const texts = new Map(pages.map((page) => [page, readFileSync(join(root, page), 'utf8')]));
const examples = pages.flatMap((page) =>
  blocksOf(page, 'yaml')
    .filter((block) => /^(?:#.*\n)*apiVersion:/.test(block))
    .map((block, index) => [`${page} #${index + 1}`, block] as const),
);

describe('the documentation', () => {
  it('has experiments in it', () => {
    expect(examples.map(([name]) => name)).toEqual(expect.arrayContaining(['README.md #1', 'docs/format.md #1']));
  });

  it.each(examples)('%s is a valid experiment', async (_, text) => {
    const { printed, experiments } = await loadText(text);
    expect([printed, experiments.length]).toEqual(['', 1]);
  });

  it.each(pages)('%s links only to what is there', (page) => {
    const links = [...(texts.get(page) ?? '').matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(
      (match) => match[1] ?? '',
    );
    const dead = links.filter((link) => !existsSync(resolve(root, dirname(page), link)));
    expect(dead).toEqual([]);
  });

  it.each(pages)('%s calls only commands and flags that there are', (page) => {
    const known = new Map(createProgram(testIo()).commands.map((each) => [each.name(), each.helpInformation()]));
    const sandbox = createProgram(testIo()).commands.find((each) => each.name() === 'sandbox');
    known.set('sandbox', (sandbox?.commands ?? []).map((each) => each.helpInformation()).join());
    const unknown = callsOf(page).filter(({ command, flags }) => {
      const help = known.get(command);
      return help === undefined || flags.some((flag) => !help.includes(flag));
    });
    expect(unknown).toEqual([]);
  });
});

function blocksOf(page: string, language: string): string[] {
  const found = (texts.get(page) ?? '').matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'));
  return [...found].map((match) => match[1] ?? '');
}

/** `holdfast <command> ... --flags` in code, whether in a line or a block. */
function callsOf(page: string): { readonly command: string; readonly flags: readonly string[] }[] {
  const text = texts.get(page) ?? '';
  const code = [...text.matchAll(/`([^`\n]+)`/g), ...text.matchAll(/^(?:\$ |- run: |\s*)(npx holdfast .*)$/gm)];
  return code.flatMap(([, line = '']) => {
    const call = /^(?:npx )?holdfast ([a-z][a-z-]*)(.*)$/.exec(line.replace(/#.*$/, ''));
    if (call === null) return [];
    const flags = [...(call[2] ?? '').matchAll(/ (--[a-z-]+)/g)].map((match) => match[1] ?? '');
    return [{ command: call[1] ?? '', flags }];
  });
}
