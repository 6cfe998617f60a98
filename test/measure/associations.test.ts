import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Associations } from '../../harness/measure/associations.js';
import type { Endpoint, Message } from '../../harness/measure/packet.js';

const pe: Endpoint = { host: 'pe1', address: '10.1.0.2', port: 1000 };
const peBlue: Endpoint = { ...pe, address: '10.2.0.2' };
const pu: Endpoint = { host: 'pu1', address: '10.1.0.5', port: 2000 };

const messageAt = (sentAt: number): Message => {
  const times = { from: pe, to: pu, association: 'a', sentAt, receivedAt: sentAt + 0.01, copies: 1 };
  return { protocol: 'enrp', type: 'presence', sender: '0x1', target: null, removes: false, elements: [], ...times };
};

describe('Associations', () => {
  it('are one over all their paths and in both directions', () => {
    const associations = new Associations(false);
    const name = associations.nameOf(pu, pe, '0x1', 0);
    expect(associations.nameOf(pe, pu, null, 1)).toBe(name);
    expect(associations.nameOf(peBlue, pu, null, 2)).toBe(name);
    // The INIT again, to the other address.
    expect(associations.nameOf(pu, peBlue, '0x1', 3)).toBe(name);
  });

  it('begin anew with another initiate tag', () => {
    const associations = new Associations(false);
    const name = associations.nameOf(pu, pe, '0x1', 0);
    expect(associations.nameOf(pu, pe, '0x2', 1)).not.toBe(name);
  });

  it('take a TSN seen before for a retransmission, before and after it was acknowledged', () => {
    fc.assert(
      // Also where TSNs wrap around.
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 20 }), (first, count) => {
        const associations = new Associations(false);
        const tsns = Array.from({ length: count }, (_, index) => (first + index) % 2 ** 32);
        for (const tsn of tsns) expect(associations.data('a', pe, tsn, messageAt(0), 0.01).repeated).toBe(false);
        for (const tsn of tsns) expect(associations.data('a', pe, tsn, messageAt(1), 1.01).repeated).toBe(true);
        associations.sack('a', pe, { cumulative: tsns.at(-1)!, gaps: [] });
        for (const tsn of tsns) expect(associations.data('a', pe, tsn, messageAt(2), 2.01).repeated).toBe(true);
        const next = (first + count) % 2 ** 32;
        expect(associations.data('a', pe, next, messageAt(3), 3.01).repeated).toBe(false);
      }),
    );
  });

  it('move the reception of a lost message to its retransmission', () => {
    const associations = new Associations(false);
    const message = messageAt(5);
    associations.data('a', pe, 7, message, 5.01);
    associations.data('a', pe, 7, messageAt(6), 6.01);
    expect(message).toMatchObject({ sentAt: 5, receivedAt: 6.01, copies: 2 });
  });

  it('leave the reception of what a gap block acknowledged where it was', () => {
    const associations = new Associations(false);
    const [lost, arrived] = [messageAt(5), messageAt(5.1)];
    associations.data('a', pe, 7, lost, 5.01);
    associations.data('a', pe, 8, arrived, 5.11);
    associations.sack('a', pe, { cumulative: 6, gaps: [[2, 2]] });
    associations.data('a', pe, 7, messageAt(6), 6.01);
    associations.data('a', pe, 8, messageAt(6), 6.01);
    expect(lost.receivedAt).toBe(6.01);
    expect(arrived.receivedAt).toBeCloseTo(5.11, 9);
  });

  it('believe the first copy that a receiver’s own capture shows', () => {
    const associations = new Associations(true);
    const message = messageAt(5);
    associations.data('a', pe, 7, message, 5.01);
    associations.data('a', pe, 7, messageAt(6), 6.01);
    expect(message.receivedAt).toBe(5.01);
  });
});
