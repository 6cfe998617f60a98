/** Every fault of networks and CPUs, shown by packets and by computing time, in one lab kernel. */
import { beforeAll, describe, expect } from 'vitest';
import { labTest, labWorks } from './available.js';
import { scenes } from './fault-scenes.js';
import { type Answer, isWhole, playScenes, proofs } from './wire-faults.js';

describe('on the wire', () => {
  let answer: Answer;
  beforeAll(async () => {
    if (labWorks) answer = await playScenes('netns', scenes);
  });

  labTest.each(scenes.map(({ name }) => name))('%s does what it says, and is gone when it is healed', (name) => {
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
