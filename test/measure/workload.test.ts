import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Workload } from '../../harness/measure/workload.js';

const always = { from: 0, to: 1000 };
const percent = (workload: Workload, upTime: number) => {
  const { done, possible } = workload.utilisation(() => upTime);
  return possible > 0 ? (100 * done) / possible : null;
};
const one = (window = always) => new Workload([{ host: 'pe1', capacity: 100 }], window);

describe('Workload', () => {
  it('gives one request the whole capacity', () => {
    const workload = one();
    workload.accept('pe1', 'a', { size: 1000, progress: 0 }, 10);
    workload.leave('pe1', 'a', 13);
    expect(workload.progressOf('a')).toBeCloseTo(300, 6);
  });

  it('shares the capacity equally, and anew when a request is done', () => {
    const workload = one();
    workload.accept('pe1', 'a', { size: 100, progress: 0 }, 0);
    workload.accept('pe1', 'b', { size: 1000, progress: 0 }, 0);
    // Until 2 s both have 50/s, then `a` is done and `b` has 100/s.
    workload.leave('pe1', 'b', 5);
    expect(workload.progressOf('b')).toBeCloseTo(100 + 300, 6);
  });

  it('goes on from what a state cookie says', () => {
    const workload = one();
    workload.accept('pe1', 'a', { size: 1000, progress: 400 }, 0);
    workload.observe('pe1', 'a', 650, 1);
    workload.leave('pe1', 'a', 2);
    expect(workload.progressOf('a')).toBeCloseTo(750, 6);
  });

  it('lets nobody do anything once the element stopped', () => {
    const workload = one();
    workload.accept('pe1', 'a', { size: 1000, progress: 0 }, 0);
    workload.stop('pe1', 4);
    workload.leave('pe1', 'a', 9);
    expect(workload.progressOf('a')).toBeCloseTo(400, 6);
  });

  it('knows nothing of sessions it never saw, or that go on', () => {
    const workload = one();
    workload.accept('pe1', 'a', { size: 1000, progress: 0 }, 0);
    expect([workload.progressOf('a'), workload.progressOf('b')]).toEqual([null, null]);
  });

  it('counts within its window alone', () => {
    const workload = one({ from: 10, to: 20 });
    workload.accept('pe1', 'a', { size: 1e6, progress: 0 }, 5);
    workload.leave('pe1', 'a', 15);
    // 5 of 10 s.
    expect(percent(workload, 10)).toBeCloseTo(50, 6);
    expect(percent(workload, 0)).toBeNull();
  });

  it('does as much as its requests ask for, in the order and at the times they come', () => {
    const arrivals = fc.array(
      fc.record({
        size: fc.double({ min: 1, max: 500, noNaN: true }),
        wait: fc.double({ min: 0, max: 5, noNaN: true }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(arrivals, (requests) => {
        const workload = one();
        let time = 0;
        for (const [index, { size, wait }] of requests.entries()) {
          time += wait;
          workload.accept('pe1', String(index), { size, progress: 0 }, time);
        }
        const total = requests.reduce((sum, { size }) => sum + size, 0);
        // At most 60 s + 12 × 5 s of work at 100/s: all is done within the window of 1000 s.
        expect(percent(workload, 1000)).toBeCloseTo((100 * total) / (100 * 1000), 4);
      }),
    );
  });
});
