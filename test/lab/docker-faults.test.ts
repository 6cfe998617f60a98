/** The faults of networks and CPUs, in containers of a Docker Engine in a lab kernel. */
import { describe, expect } from 'vitest';
import { dockerTest } from './available.js';
import { plan, scenes, whole } from './fault-scenes.js';
import { runInUml } from './kernel.js';
import { type Answer, isWhole, proofs } from './wire-faults.js';

describe('faults in containers', () => {
  dockerTest(
    'are those of every lab: shown by packets and by computing time, and gone when they are healed',
    async () => {
      const answer = await runInUml<Answer>('faults', { plan, lab: 'docker', whole, scenes });
      for (const { name } of scenes) {
        const told = answer.scenes[name]!;
        expect(told.evidence.every((text) => text !== '')).toBe(true);
        proofs[name]!(told);
        expect(told.after.filter((train) => !isWhole(train))).toEqual([]);
      }
      expect(answer.after).toEqual(answer.before);
      expect(answer.broken).toEqual([]);
      expect(answer.troubles).toEqual([]);
      expect(answer.capture.dropped).toBe(0);
    },
  );
});
