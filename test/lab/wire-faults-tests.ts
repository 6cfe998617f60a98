/** Faults of networks and CPUs in the machine in virtual time; halves of them in files of their own, for two CPUs. */
import { beforeAll, describe, expect } from 'vitest';
import { labTest, labWorks } from './available.js';
import { plan, scenes, whole } from './fault-scenes.js';
import { runInVirtual } from './kernel.js';
import { type Answer, isWhole, proofs } from './wire-faults.js';

export function testOnWire(mine: (at: number) => boolean): void {
  const played = scenes.filter((_, at) => mine(at));

  describe('on the wire', () => {
    let answer: Answer;
    beforeAll(async () => {
      if (labWorks) answer = await runInVirtual('faults', { plan, lab: 'netns', whole, scenes: played });
    });

    labTest.each(played.map(({ name }) => name))('%s does what it says, and is gone when it is healed', (name) => {
      const told = answer.scenes[name]!;
      expect(told.evidence.every((text) => text !== '')).toBe(true);
      proofs[name]!(told);
      expect(told.after.filter((train) => !isWhole(train))).toEqual([]);
    });

    labTest('a lab without faults lets everything through, and afterwards is what it was before', () => {
      expect(answer.whole.filter((train) => !isWhole(train))).toEqual([]);
      expect(answer.after).toEqual(answer.before);
      expect(answer.broken).toEqual([]);
      expect(answer.troubles).toEqual([]);
      expect(answer.capture.dropped).toBe(0);
    });
  });
}
