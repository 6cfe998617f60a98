import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { cacheFolder } from '../../harness/base/cache.js';
import { tolerableLoad } from '../../harness/calibrate/load.js';
import { type Calibration, type CalibrationLine, calibrationSchema } from '../../harness/result/calibration.js';
import { realTimeTest, realTimeWorks } from './available.js';
import { commandLine } from './rsplab.js';

/** The real one's contents, and a place of its own for what is stored: nobody's calibration is replaced. */
function cacheOfOurOwn(): string {
  const cache = mkdtempSync(join(tmpdir(), 'cache-test-'));
  const real = cacheFolder();
  for (const name of existsSync(real) ? readdirSync(real) : []) {
    if (!['calibration', 'sessions'].includes(name)) symlinkSync(join(real, name), join(cache, name));
  }
  return cache;
}

describe('a quick calibration of a lab kernel', () => {
  let cache: string;
  let exitCode: number | undefined;
  let progress: string;
  let calibration: Calibration;
  beforeAll(async () => {
    if (!realTimeWorks) return;
    cache = cacheOfOurOwn();
    const result = await execa('node', [commandLine, 'calibrate', '--on', 'uml', '--quick', '--json'], {
      env: { RSPLAB_CACHE: cache },
      reject: false,
    });
    if (!result.stdout.startsWith('{')) throw new Error(`rsplab printed no calibration: ${result.stderr}`);
    exitCode = result.exitCode;
    progress = result.stderr;
    calibration = calibrationSchema.parse(JSON.parse(result.stdout));
  });
  afterAll(() => {
    if (cache) rmSync(cache, { recursive: true, force: true });
  });

  const line = (key: string): CalibrationLine => {
    const found = calibration.lines.find((it) => it.key === key);
    if (!found) throw new Error(`no line ${key} among ${calibration.lines.map((it) => it.key).join(', ')}`);
    return found;
  };

  /** What is late on a machine that others fill says nothing, as in a run. */
  const skipIfOverloaded = (skip: (when: boolean, why: string) => void) => {
    const [waited, stolen] = [line('cpu-wait-probes').measured!, line('cpu-steal-probes').measured!];
    skip(waited > tolerableLoad.waited, `the lab kernel waited ${waited.toFixed(0)} % of the time for a CPU`);
    skip(stolen > tolerableLoad.stolen, `the machine's hypervisor withheld ${stolen.toFixed(0)} % of its CPUs`);
  };

  realTimeTest.for(['delay-0ms', 'delay-10ms', 'delay-100ms', 'round-trip-20ms'])('%s is as asked', (key, { skip }) => {
    skipIfOverloaded(skip);
    const { asked, measured, n, low } = line(key);
    // Never shorter, and longer by what a kernel needs.
    expect(low).toBeGreaterThanOrEqual(asked);
    expect(measured! - asked).toBeLessThan(0.003);
    expect(n).toBe(200);
  });

  // Tolerances are five standard deviations of the share, and more.
  realTimeTest.each([
    ['loss-5%', 3000],
    ['loss-20%', 3000],
    ['duplication-10%', 1500],
    ['reordering-10%', 1000],
    ['corruption-5%', 1500],
  ])('%s is as asked', (key, n) => {
    const { asked, measured, tolerance, ...rest } = line(key);
    expect(Math.abs(measured! - asked)).toBeLessThan(tolerance);
    expect(rest.n).toBe(n);
  });

  realTimeTest.for(['jitter-normal-deviation', 'jitter-normal-p5', 'jitter-normal-p50', 'jitter-normal-p95'])(
    '%s is as asked',
    (key, { skip }) => {
      skipIfOverloaded(skip);
      const { asked, measured, tolerance, n } = line(key);
      expect(Math.abs(measured! - asked)).toBeLessThan(tolerance);
      expect(n).toBe(800);
    },
  );

  realTimeTest.for(['rate-1Mbit', 'rate-100Mbit'])('%s is as asked', (key, { skip }) => {
    skipIfOverloaded(skip);
    // Few packets, 0.12 ms apart at the highest rate: what counts is what their interval rules out.
    const { asked, low, high } = line(key);
    expect(low! / asked).toBeLessThan(1.05);
    expect(high! / asked).toBeGreaterThan(0.95);
  });

  realTimeTest('faults are seen on the wire when the journal has them', ({ skip }) => {
    skipIfOverloaded(skip);
    for (const key of ['cut-error', 'kill-error', 'injection-late']) {
      const { measured, n } = line(key);
      expect(Math.abs(measured!)).toBeLessThan(0.02);
      expect(n).toBeGreaterThanOrEqual(10);
    }
  });

  realTimeTest('the clock has steps finer than any delay, and the capture saw all frames at every rate', () => {
    expect(line('clock-step').measured).toBeLessThan(1e-3);
    for (const name of ['paced', 'dense', 'flood', 'fragments']) expect(line(`capture-${name}`).measured).toBe(0);
  });

  realTimeTest('is stored with the machine’s fingerprint, and its exit code tells what came of it', () => {
    const files = readdirSync(join(cache, 'calibration'));
    expect(files).toEqual([`uml-${calibration.hash}.json`]);
    expect(calibration.fingerprint).toMatchObject({ lab: 'uml', rsplib: expect.stringMatching(/^\d+\.\d+/) });
    expect(exitCode).toBe(calibration.verdict === 'within' ? 0 : 1);
  });

  realTimeTest('tells how it goes, with the time left', () => {
    expect(progress).toMatch(/loss of 5 % – about \d+ s left/);
  });
});
