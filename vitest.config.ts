import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// The build bundles the sandbox's manifests as text; so do the tests.
const yamlAsText = {
  name: 'yaml-as-text',
  load: (id: string) =>
    id.endsWith('.yaml') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : undefined,
};

export default defineConfig({
  plugins: [yamlAsText],
  test: {
    include: ['test/**/*.test.ts'],
    // Minutes long, see vitest.matrix.config.ts.
    exclude: ['test/matrix/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: process.env['CI'] ? ['default', 'junit'] : ['default'],
    outputFile: { junit: 'reports/tests/junit.xml' },
  },
});
