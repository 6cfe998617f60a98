import { expect, it } from 'vitest';
import { badInput, labBroken } from '../../../../harness/base/errors.js';
import type { PeerEvent } from '../../../../harness/pool/native/peer/journal.js';
import { heed } from '../../../../harness/pool/native/peer/process.js';

it('what is no message is told and ends nobody; what is wrong here does', () => {
  const told: PeerEvent[] = [];
  const context = { tell: (event: PeerEvent) => void told.push(event) };
  heed(context, () => {
    throw badInput('ASAP message: expected at least its own length, got 3 bytes');
  });
  expect(told).toEqual([{ event: 'refused', why: 'ASAP message: expected at least its own length, got 3 bytes' }]);
  expect(() =>
    heed(context, () => {
      throw labBroken('SCTP: bind failed');
    }),
  ).toThrow('bind failed');
});
