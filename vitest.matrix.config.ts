import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The long matrices, `npm run test:crash` and its like: minutes long, and they print what they have been through. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/matrix/**/*.test.ts'],
    exclude: [],
    globalSetup: ['test/matrix/api-walk/print-matrix.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 120_000,
  },
});
