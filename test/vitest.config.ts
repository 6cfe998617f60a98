import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing but the repository; `browser` looks at pages in Chromium, and skips what it is for without one.
 * `virtual` runs real components in the machine in virtual time: how busy this one is cannot change what happens there;
 * so does what is about no times. `kernels` has runs in real time, each in a lab kernel with a CPU of its own, two at a
 * time; `lab` what measures the times of this machine itself, one after the other, and little of it. What of
 * `harness/lab` needs no kernel is tested by `test/lab/….unit.test.ts`. `docker` plays all faults in containers and
 * kills runs there, `chaos` lets everything fail at random under twenty seeds and shrinks a schedule that fails; both
 * take many minutes, and `npm test` leaves them out.
 */
const kernels = 'test/lab/{docker,uml,vanish}.test.ts';
const realTime = 'test/lab/{calibrate,remote}.test.ts';
const docker = 'test/lab/docker-{faults,vanish}.test.ts';
const chaos = 'test/lab/{chaos-seeds,shrink}.test.ts';

/** A run takes longer on a machine that is busy with other things, and in real time may have to be repeated. */
const patience = { testTimeout: 600_000, hookTimeout: 600_000 };
/** Labs that measure time want the machine for themselves. */
const alone = { ...patience, fileParallelism: false, maxWorkers: 1 };
/** One more than CPUs: what waits (for a browser, a server, a disk) leaves them to others. */
const everyCpu = { maxWorkers: availableParallelism() + 1 };
/** A machine in virtual time keeps one CPU busy, but is not all that there is to a run. */
const sideBySide = { ...patience, ...everyCpu, globalSetup: 'test/lab/virtual.setup.ts' };

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    globalSetup: fileURLToPath(new URL('leftovers.ts', import.meta.url)),
    setupFiles: fileURLToPath(new URL('temporary.ts', import.meta.url)),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lab/**/!(*.unit).test.ts', 'test/browser/**'],
          // A command line takes a second to start, and many times that on a machine that is busy with other things.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Loading the modules anew for each of 200 files takes as long as a third of the tests.
          isolate: false,
          ...everyCpu,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          ...everyCpu,
          // Beside the others: pages mostly wait.
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'virtual',
          include: ['test/lab/**/!(*.unit).test.ts'],
          exclude: [kernels, realTime, docker, chaos],
          ...sideBySide,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'kernels', include: [kernels], ...patience, maxWorkers: 2, sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: { name: 'lab', include: [realTime], ...alone, sequence: { groupOrder: 3 } },
      },
      {
        extends: true,
        test: { name: 'docker', include: [docker], ...alone, sequence: { groupOrder: 4 } },
      },
      {
        extends: true,
        test: { name: 'chaos', include: [chaos], ...sideBySide, sequence: { groupOrder: 5 } },
      },
    ],
  },
});
