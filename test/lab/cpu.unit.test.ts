import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { realClock } from '../../harness/base/clock.js';
import { cpuMeter, parseCpuTimes, parseSchedule, scheduledBetween, sharesBetween } from '../../harness/lab/cpu.js';
import { overload, sharesOf } from '../../harness/run/overload.js';

/** Of a machine with two CPUs, ten seconds apart: idle at first, then with four busy loops. */
const quiet = `cpu  32303 11849 20223 141163 1137 0 148 74 0 0
cpu0 15154 5870 9380 72859 184 0 27 40 0 0
cpu1 17148 5979 10842 68303 952 0 120 34 0 0
intr 8123456 0 0
`;
const loaded = `cpu  34213 11849 20263 141173 1137 0 148 114 0 0
cpu0 16104 5870 9400 72864 184 0 27 60 0 0
cpu1 18108 5979 10862 68308 952 0 120 54 0 0
intr 8223456 0 0
`;

describe('the machine’s CPUs', () => {
  it('are busy, idle or withheld', () => {
    expect(parseCpuTimes(quiet)).toEqual({ total: 206_897, idle: 142_300, stolen: 74 });
    // 1910 ticks for users, 40 for the kernel, 40 withheld, 10 idle.
    const { busy, stolen } = sharesBetween(parseCpuTimes(quiet), parseCpuTimes(loaded));
    expect(busy).toBeCloseTo(0.975, 6);
    expect(stolen).toBeCloseTo(0.02, 6);
  });

  it('have no shares of no time, nor negative ones when a counter steps back', () => {
    const times = parseCpuTimes(quiet);
    expect(sharesBetween(times, times)).toEqual({ busy: 0, stolen: 0 });
    const back = { total: times.total + 100, idle: times.idle + 110, stolen: times.stolen - 1 };
    expect(sharesBetween(times, back)).toEqual({ busy: 0, stolen: 0 });
  });
});

describe('processes of a lab kernel', () => {
  it('ran, and waited for a CPU', () => {
    expect(parseSchedule('128841000 686137000 4\n')).toEqual({ ran: 0.128841, waited: 0.686137 });
  });

  it('count from when they were first seen, and no more when they are gone', () => {
    const before = new Map([
      [1, { ran: 10, waited: 1 }],
      [2, { ran: 5, waited: 5 }],
    ]);
    const after = new Map([
      [1, { ran: 10.5, waited: 1.25 }],
      [3, { ran: 0.25, waited: 0.5 }],
    ]);
    expect(scheduledBetween(before, after)).toEqual({ ran: 0.75, waited: 0.75 });
  });

  it('are seen at work: one that computes runs, and cannot have run longer than it lived', async () => {
    const child = spawn('sh', ['-c', 'while :; do :; done'], { detached: true, stdio: 'ignore' });
    try {
      const meter = cpuMeter(child.pid!);
      const begun = realClock.now();
      expect(meter(begun)).toBeNull();
      await realClock.sleepUntil(begun + 1);
      const load = meter(realClock.now())!;
      expect(load.seconds).toBeGreaterThanOrEqual(1);
      // However busy the machine is, it ran or waited all the time.
      expect(load.busy).toBeGreaterThan(0);
      expect(load.busy + load.waited!).toBeGreaterThan(0.7);
      expect(load.busy + load.waited!).toBeLessThan(1.2);
    } finally {
      process.kill(-child.pid!, 'SIGKILL');
    }
  });

  it('wait when others want the same CPUs, and a run beside them would be unknown', async () => {
    const loop = () => spawn('sh', ['-c', 'while :; do :; done'], { detached: true, stdio: 'ignore' });
    const [mine, ...others] = Array.from({ length: 3 * availableParallelism() }, loop);
    try {
      const meter = cpuMeter(mine!.pid!);
      meter(realClock.now());
      await realClock.sleepUntil(realClock.now() + 1.5);
      const load = meter(realClock.now())!;
      expect(load.waited).toBeGreaterThan(0.25);
      expect(overload(sharesOf([load])!)).toContainEqual(expect.stringContaining('waited for a CPU that others used'));
    } finally {
      for (const { pid } of [mine!, ...others]) process.kill(-pid!, 'SIGKILL');
    }
  });

  it('of the machine itself have nobody to wait for', async () => {
    const meter = cpuMeter(null);
    meter(realClock.now());
    await realClock.sleepUntil(realClock.now() + 0.3);
    const load = meter(realClock.now())!;
    expect(load.waited).toBeNull();
    expect(load.busy).toBeGreaterThanOrEqual(0);
    expect(load.busy).toBeLessThanOrEqual(1);
  });
});
