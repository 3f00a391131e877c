import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ISTIO_FINDINGS } from '../../../src/faults/istio/findings.ts';

it('documents every finding of the Istio driver, with its severity and meaning, and no other', () => {
  const page = readFileSync(new URL('../../../docs/drivers/istio.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (error|warning) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
  expect(rows).toEqual(Object.entries(ISTIO_FINDINGS).map(([code, [severity, meaning]]) => [code, severity, meaning]));
});
