import { median } from 'simple-statistics';
import { beforeAll, describe, expect } from 'vitest';
import elementPowerOff from '../../experiments/element-power-off.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import type { Association } from '../../harness/lab/kernel.js';
import type { CaptureReport } from '../../harness/lab/lab.js';
import { labTest, labWorks } from './available.js';
import { runInVirtual } from './kernel.js';

interface Answer {
  red: number[];
  blue: number[];
  lossy: number[];
  associations: Association[];
  capture: CaptureReport;
  troubles: string[];
}

const plan = resolvePlan(elementPowerOff);
const delay = plan.topology.networks.red!.impairment.delay!;

describe('the emulated networks do what they were asked for', () => {
  let answer: Answer;
  beforeAll(async () => {
    if (labWorks) answer = await runInVirtual('network', plan);
  });

  labTest.each(['red', 'blue'] as const)('a round trip on %s takes twice the one-way delay, within 1 ms', (network) => {
    expect(answer[network]).toHaveLength(99);
    expect(Math.abs(median(answer[network]) - 2 * delay)).toBeLessThan(0.001);
  });

  labTest('one packet in five is lost when asked to', () => {
    // 1000 packets, each lost with probability 0.2: the count of survivors has a standard deviation of 12.6; four of them.
    expect(Math.abs(answer.lossy.length - 800)).toBeLessThan(51);
  });

  labTest('associations are multi-homed: two addresses on each side', () => {
    const established = answer.associations.filter((it) => it.established);
    expect(established).toHaveLength(1);
    expect(established[0]!.localAddresses.toSorted()).toEqual(['10.1.0.2', '10.2.0.2']);
    expect(established[0]!.remoteAddresses.toSorted()).toEqual(['10.1.0.1', '10.2.0.1']);
  });

  labTest('the capture saw the packets, and no queue dropped one unasked', () => {
    expect(answer.capture.dropped).toBe(0);
    // 2 networks × 100 pings and their echoes, at the least.
    expect(answer.capture.captured).toBeGreaterThan(400);
    expect(answer.troubles).toEqual([]);
  });
});
