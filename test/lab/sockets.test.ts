/** Our own SCTP sockets on a real kernel. */
import { expect } from 'vitest';
import { labTest } from './available.js';
import { runInVirtual } from './kernel.js';

interface Answer {
  readonly farewell: string[];
  readonly flood: { tookAtOnce: number; drained: number; heard: { length: number; number: number }[] };
  readonly ends: string[];
  readonly idleSeconds: number;
}

labTest(
  'sockets tell of messages and associations, take no more than there is room for, and sleep meanwhile',
  async () => {
    const { farewell, flood, ends, idleSeconds } = await runInVirtual<Answer>('sockets', null);
    expect(farewell).toContain('one heard hello on 34 on 11');
    expect(farewell.filter((it) => it.startsWith('server'))).toEqual(['server up', 'server leaving', 'server closed']);
    expect(flood.heard).toEqual(Array.from({ length: 40 }, (_, number) => ({ length: 50_000, number })));
    expect(flood.tookAtOnce).toBeLessThan(40);
    expect(flood.drained).toBeGreaterThan(0);
    expect(ends).toEqual(expect.arrayContaining(['many lost', 'nobody refused', 'server lost']));
    // Ten seconds of virtual time in which nothing happens: a loop that looks would use up all of them.
    expect(idleSeconds).toBeLessThan(0.1);
  },
);
