import { describe, expect, it } from 'vitest';
import type { FaultRecord } from '../../harness/measure/faults.js';
import type { Chunk, Packet } from '../../harness/measure/packet.js';
import { PathTracker } from '../../harness/measure/paths.js';

const cut: FaultRecord = {
  ...{ id: 1, kind: 'cutPath', host: 'pe1', network: 'red', injectedAt: 10, healedAt: 20 },
  ...{ addresses: [], moved: false },
};
const end = (host: string) => ({ host, address: host, port: 1 });
const packet = (
  sentAt: number,
  from: string,
  to: string,
  network: string,
  kind: string,
  association = 'a',
): Packet => ({
  ...{ sentAt, receivedAt: sentAt + 0.01, network, from: end(from), to: end(to), transport: 'sctp', association },
  chunks: [{ kind } as Chunk],
  length: 100,
  sliced: false,
});
const rowsOf = (packets: Packet[], faults = [cut]) => {
  const tracker = new PathTracker(faults);
  for (const each of packets) tracker.packet(each);
  return tracker.rows();
};
const before = [packet(9, 'pu1', 'pe1', 'red', 'data'), packet(9.5, 'pe1', 'pu1', 'red', 'data')];

describe('a cut network', () => {
  it('is left for another one, and the acknowledgement tells that this worked', () => {
    const rows = rowsOf([
      ...before,
      packet(10.4, 'pu1', 'pe1', 'red', 'data'),
      packet(11.4, 'pu1', 'pe1', 'blue', 'data'),
      packet(11.42, 'pe1', 'pu1', 'blue', 'sack'),
      packet(11.5, 'pu1', 'pe1', 'blue', 'data'),
    ]);
    expect(rows).toEqual([
      expect.objectContaining({ from: 'pu1', lastAt: 9, triedAt: 10.4, movedAt: 11.4, acknowledgedAt: 11.43 }),
      // What the cut host sends into its dead leg is not seen.
      expect.objectContaining({ from: 'pe1', lastAt: 9.5, triedAt: null, movedAt: null, healedAt: 20 }),
    ]);
  });

  it('may see the association end before it moves', () => {
    const rows = rowsOf([
      ...before,
      packet(10.4, 'pu1', 'pe1', 'red', 'data'),
      packet(11.3, 'pu1', 'pe1', 'red', 'abort'),
      packet(11.4, 'pu1', 'pe1', 'blue', 'data'),
    ]);
    expect(rows[0]).toMatchObject({ triedAt: 10.4, movedAt: null, endedAt: 11.3, acknowledgedAt: null });
  });

  it('is nothing to those who used another one, who have ended, or who are elsewhere', () => {
    const others = [
      packet(9, 'pu1', 'pe1', 'blue', 'data', 'other path'),
      packet(9, 'pu1', 'pe2', 'red', 'data', 'other element'),
      packet(8, 'pu2', 'pe1', 'red', 'data', 'over'),
      packet(9, 'pu2', 'pe1', 'red', 'shutdownComplete', 'over'),
      packet(11, 'pu1', 'pe1', 'blue', 'data', 'other path'),
    ];
    expect(rowsOf(others)).toEqual([]);
    expect(rowsOf([...before, packet(11, 'pu1', 'pe1', 'red', 'data')], [{ ...cut, kind: 'impair' }])).toEqual([]);
  });

  it('is waited for no longer than it lasts', () => {
    const late = [...before, packet(21, 'pu1', 'pe1', 'blue', 'data')];
    expect(rowsOf(late)[0]).toMatchObject({ movedAt: null, healedAt: 20 });
  });
});
