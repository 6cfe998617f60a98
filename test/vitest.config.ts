import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing but the repository; `browser` looks at pages in Chromium, and skips what it is for without one;
 * `lab` boots lab kernels and runs real components, one after the other. What of `harness/lab` needs no kernel is tested
 * by `test/lab/….unit.test.ts`. `docker` kills runs in containers, `chaos` lets everything fail at random under twenty
 * seeds and shrinks a schedule that fails; both take many minutes, and `npm test` leaves them out.
 */
const labs = {
  // A run on a machine that is busy with other things takes longer, and may have to be repeated.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  fileParallelism: false,
  maxWorkers: 1,
};

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    globalSetup: fileURLToPath(new URL('leftovers.ts', import.meta.url)),
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
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'lab',
          include: ['test/lab/**/!(*.unit).test.ts'],
          exclude: ['test/lab/docker-{faults,vanish}.test.ts', 'test/lab/{chaos-seeds,shrink}.test.ts'],
          ...labs,
          // After all others: labs measure time and want the machine for themselves.
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'docker',
          include: ['test/lab/docker-{faults,vanish}.test.ts'],
          ...labs,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: ['test/lab/{chaos-seeds,shrink}.test.ts'],
          ...labs,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
