import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventQueue } from '../../harness/sim/queue.js';

/** Runs a queue to its end and returns what happened, as `slot@time`. */
function drain(queue: EventQueue, until = 1e6): string[] {
  const happened: string[] = [];
  queue.run(until, (slot) => happened.push(`${slot}@${queue.now}`));
  return happened;
}

describe('the event queue', () => {
  test('lets events happen in order of time, whatever order they were scheduled in', () => {
    const queue = new EventQueue(4);
    for (const [slot, time] of [30, 10, 2000, 20].entries()) queue.schedule(slot, time);
    expect(drain(queue)).toEqual(['1@10', '3@20', '0@30', '2@2000']);
  });

  test.each([10, 129, 131, 132, 200, 257, 1000])('has room for %d calls at a time, and loses none', (count) => {
    const queue = new EventQueue(0);
    const happened: number[] = [];
    const times = Array.from({ length: count }, (_, at) => ((at * 7919) % count) / count / 4);
    for (const time of times) queue.call(time, () => happened.push(queue.now));
    expect(queue.run(1, () => {})).toBe(true);
    expect(happened).toEqual(times.toSorted((a, b) => a - b));
  });

  test('lets events at the same time happen as they were scheduled, across all kinds', () => {
    const queue = new EventQueue(4, 0.5);
    const happened: string[] = [];
    queue.afterTwoDelays(0);
    queue.schedule(1, 1);
    queue.call(1, () => happened.push('called'));
    queue.run(0.5, () => {});
    queue.afterDelay(2);
    queue.schedule(3, 1);
    queue.run(2, (slot) => happened.push(String(slot)));
    expect(happened).toEqual(['0', '1', 'called', '2', '3']);
  });

  test('moves a slot that is scheduled again, earlier or later, near or far', () => {
    const queue = new EventQueue(2);
    queue.schedule(0, 5000);
    queue.schedule(0, 0.25);
    queue.schedule(1, 0.125);
    queue.schedule(1, 3000);
    expect(drain(queue)).toEqual(['0@0.25', '1@3000']);
  });

  test('forgets what is cancelled or revoked, and reuses the place', () => {
    const queue = new EventQueue(1);
    const happened: string[] = [];
    const first = queue.call(1, () => happened.push('first'));
    queue.revoke(first);
    queue.call(2, () => happened.push('second'));
    queue.schedule(0, 3);
    queue.cancel(0);
    expect(drain(queue)).toEqual([]);
    expect(happened).toEqual(['second']);
  });

  test('stops at the given time, and goes on from there', () => {
    const queue = new EventQueue(2);
    queue.schedule(0, 1);
    queue.schedule(1, 3);
    expect(drain(queue, 2)).toEqual(['0@1']);
    expect(queue.now).toBe(2);
    expect(drain(queue, 3)).toEqual(['1@3']);
  });

  test('lets what comes from elsewhere happen in its place, and before others at the same time', () => {
    const times = [0.5, 1, 1, 7];
    const source = {
      get firstTime() {
        return times[0] ?? Number.POSITIVE_INFINITY;
      },
      shift() {
        times.shift();
        return 3;
      },
    };
    const queue = new EventQueue(4, 1, source);
    queue.schedule(0, 1);
    queue.afterDelay(1);
    queue.schedule(2, 6);
    expect(drain(queue)).toEqual(['3@0.5', '3@1', '3@1', '0@1', '1@1', '2@6', '3@7']);
  });

  test('runs on for years of simulated time: days of different years share a page', () => {
    const queue = new EventQueue(3);
    queue.schedule(0, 1024.5);
    queue.schedule(1, 0.5);
    queue.schedule(2, 2048.5);
    expect(drain(queue)).toEqual(['1@0.5', '0@1024.5', '2@2048.5']);
  });

  test('does what a naive queue does, for any sequence of schedulings, messages and cancellations', () => {
    const slots = 12;
    const step = fc.record({
      what: fc.constantFrom('schedule', 'afterDelay', 'cancel', 'run'),
      slot: fc.nat(slots - 1),
      span: fc.oneof(
        fc.nat(40).map((n) => n / 8),
        fc.double({ min: 0, max: 5000, noNaN: true }),
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const queue = new EventQueue(slots, 0.25);
        const naive = new NaiveQueue(0.25);
        const [ours, theirs]: [string[], string[]] = [[], []];
        for (const { what, slot, span } of steps) {
          if (what === 'schedule') for (const each of [queue, naive]) each.schedule(slot, each.now + span);
          if (what === 'afterDelay') for (const each of [queue, naive]) each.afterDelay(slot);
          if (what === 'cancel') for (const each of [queue, naive]) each.cancel(slot);
          if (what === 'run') {
            queue.run(queue.now + span, (event) => ours.push(`${event}@${queue.now}`));
            naive.run(naive.now + span, (event, time) => theirs.push(`${event}@${time}`));
          }
        }
        queue.run(1e6, (event) => ours.push(`${event}@${queue.now}`));
        naive.run(1e6, (event, time) => theirs.push(`${event}@${time}`));
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 300 },
    );
  });
});

/** A list that is sorted whenever somebody asks. */
class NaiveQueue {
  now = 0;
  #events: { slot: number; time: number; rank: number; message: boolean }[] = [];
  #rank = 0;

  constructor(readonly delay: number) {}

  schedule(slot: number, time: number): void {
    this.cancel(slot);
    this.#events.push({ slot, time, rank: this.#rank++, message: false });
  }

  afterDelay(slot: number): void {
    this.#events.push({ slot, time: this.now + this.delay, rank: this.#rank++, message: true });
  }

  cancel(slot: number): void {
    this.#events = this.#events.filter((event) => event.message || event.slot !== slot);
  }

  run(until: number, handle: (slot: number, time: number) => void): void {
    this.#events.sort((a, b) => a.time - b.time || a.rank - b.rank);
    while (this.#events[0] && this.#events[0].time <= until) {
      const { slot, time } = this.#events.shift()!;
      handle(slot, time);
    }
    this.now = until;
  }
}
