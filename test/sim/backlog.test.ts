import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Backlog } from '../../harness/sim/rspsim/backlog.js';

test('a backlog gives every user its requests in the order in which they came', () => {
  const step = fc.record({ user: fc.nat(3), comes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const backlog = new Backlog(4);
      const queues: number[][] = [[], [], [], []];
      for (const [time, { user, comes }] of steps.entries()) {
        if (comes) {
          backlog.add(user, time, 2 * time);
          queues[user]!.push(time);
        } else if (queues[user]!.length > 0) {
          backlog.shift(user);
          queues[user]!.shift();
        }
        for (const [each, queue] of queues.entries()) {
          const first = backlog.first(each);
          expect(first >= 0).toBe(queue.length > 0);
          if (first < 0) continue;
          expect([backlog.generatedAt(first), backlog.size(first)]).toEqual([queue[0], 2 * queue[0]!]);
        }
      }
    }),
  );
});
