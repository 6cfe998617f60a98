import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing but the repository; `lab` boots lab kernels and runs real components, one after the other. What
 * of `harness/lab` needs no kernel is tested by `test/lab/….unit.test.ts`.
 */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lab/**/!(*.unit).test.ts', 'test/browser/**'],
          testTimeout: 15_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'lab',
          include: ['test/lab/**/!(*.unit).test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
          maxWorkers: 1,
          // After the unit tests: labs measure time and want the machine for themselves.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
