import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { POD_KILL_FINDINGS } from '../../../src/faults/pod-kill/findings.ts';

it('documents every finding of the pod kill, with its severity and meaning, and no other', () => {
  const page = readFileSync(new URL('../../../docs/drivers/pod-kill.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (error|warning) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
  expect(rows).toEqual(
    Object.entries(POD_KILL_FINDINGS).map(([code, [severity, meaning]]) => [code, severity, meaning]),
  );
});
