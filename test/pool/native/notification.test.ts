import { expect, it } from 'vitest';
import { readNotification } from '../../../harness/pool/native/notification.js';

/** struct sctp_assoc_change: type, flags, length, state, error, two stream counts, association. */
function change(state: number, association: number): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16LE(0x8001, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  bytes.writeUInt16LE(state, 8);
  bytes.writeInt32LE(association, 16);
  return bytes;
}

it.each([
  [0, { kind: 'up', association: 7 }],
  [1, { kind: 'over', association: 7, how: 'lost' }],
  [2, { kind: 'over', association: 7, how: 'restarted' }],
  [3, { kind: 'over', association: 7, how: 'closed' }],
  [4, { kind: 'over', association: 7, how: 'refused' }],
  [5, { kind: 'other', type: 0x8001 }],
])('association change %i', (state, said) => expect(readNotification(change(state, 7))).toEqual(said));

it('a peer that takes leave', () => {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16LE(0x8005, 0);
  bytes.writeInt32LE(9, 8);
  expect(readNotification(bytes)).toEqual({ kind: 'leaving', association: 9 });
});

it('a message that was not delivered comes back with its bytes', () => {
  const bytes = Buffer.alloc(51);
  bytes.writeUInt16LE(0x8003, 0);
  bytes.writeInt32LE(5, 44);
  bytes.write('abc', 48);
  expect(readNotification(bytes)).toEqual({ kind: 'unsent', association: 5, bytes: Buffer.from('abc') });
});

it.each([0, 1, 2, 11, 19])('what is too short is nothing that is known (%i bytes)', (length) => {
  for (const whole of [change(0, 1), Buffer.from('0580'.padEnd(22, '0'), 'hex')])
    expect(readNotification(whole.subarray(0, Math.min(length, whole.length - 1))).kind).toBe('other');
});
