import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { cpuList, takeProcessor } from '../../harness/lab/virtual/processor.js';

describe('the CPUs of a process', () => {
  it.each([
    ['0-2,5', [0, 1, 2, 5]],
    ['3', [3]],
    ['0,2-3', [0, 2, 3]],
    ['', []],
  ])('are read from %j', (list, cpus) => {
    expect(cpuList(`Name:\tnode\nCpus_allowed:\tf\nCpus_allowed_list:\t${list}\nMems_allowed:\t1\n`)).toEqual(cpus);
  });

  it('are given to machines in turn, and to the next one when they are free again', () => {
    const first = takeProcessor();
    const second = takeProcessor();
    if (!first || !second) {
      expect(availableParallelism()).toBe(1);
      return;
    }
    expect(second.number).not.toBe(first.number);
    second.release();
    const third = takeProcessor();
    expect(third!.number).toBe(second.number);
    first.release();
    third!.release();
  });
});
