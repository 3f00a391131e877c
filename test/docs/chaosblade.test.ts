import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/drivers/chaosblade.md'), 'utf8');
const tests = globSync(['test/faults/chaosblade/*.ts', 'test/helpers/blade-on-sandbox.ts'], { cwd: root })
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

describe('the page on ChaosBlade', () => {
  it('names for each thing that goes wrong a test that there is', () => {
    const table = page.slice(page.indexOf('| what happens |'), page.indexOf('## What is refused'));
    const named = [...table.matchAll(/^\|.*\| ([^|]+) \|$/gm)].map((row) => row[1] ?? '').slice(1);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((name) => !tests.includes(`('${name}', `))).toEqual([]);
  });
});
