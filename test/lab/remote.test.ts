/** Hosts that are reached over SSH, with kernels that have SCTP: real components, all faults, and nothing left. */
import { describe, expect } from 'vitest';
import { loadExperiment } from '../../harness/experiment/load.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { placed } from '../../harness/lab/remote/placement.js';
import type { Outcome } from '../../harness/run/outcome.js';
import { realTimeTest } from './available.js';
import { runInUml } from './kernel.js';

interface Answer extends Pick<Outcome, 'requests' | 'failovers' | 'faults' | 'reasons' | 'notes'> {
  readonly events: readonly { event: string }[];
  readonly clocks: Record<string, { offset: number; uncertainty: number; exchanges: number; steady: boolean }>;
  readonly left: readonly string[];
}

describe('a pool on hosts over SSH', () => {
  // Not passed yet: in a lab kernel on a busy machine, ssh did not get through within 30 s. Nothing is proven by it.
  realTimeTest.skip('works, fails as it is told to, and leaves nothing', async () => {
    const { experiment } = await loadExperiment('test/lab/experiments/remote.ts');
    const asked = resolvePlan(experiment);
    const hosts = new Map(
      asked.hosts.map(({ name, legs }) => {
        const addresses = Object.fromEntries(legs.map(({ network, address }) => [network, address]));
        return [name, { ssh: name, addresses, right: 'root' as const }];
      }),
    );
    const answer = await runInUml<Answer>('remote', { plan: placed(asked, hosts) });
    expect(answer.left).toEqual([]);
    expect(answer.reasons).toEqual([]);
    expect(answer.faults.map(({ kind }) => kind)).toEqual([
      'shutdown',
      'kill',
      'freeze',
      'powerOff',
      'isolate',
      'cutPath',
    ]);
    for (const { evidence, healedAt } of answer.faults) {
      expect(evidence).not.toBeNull();
      expect(healedAt).not.toBeNull();
    }
    expect(answer.requests.filter(({ completedAt }) => completedAt !== null).length).toBeGreaterThan(10);
    // All hosts have one kernel, and so one clock.
    for (const { offset, uncertainty, steady } of Object.values(answer.clocks)) {
      expect(steady).toBe(true);
      expect(Math.abs(offset)).toBeLessThanOrEqual(uncertainty);
    }
  });
});
