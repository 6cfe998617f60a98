import { describe, expect, it } from 'vitest';
import { causeOf, type FaultRecord, faultsOf } from '../../harness/measure/faults.js';
import { journalOf } from './recordings.js';

const fault = (change: Partial<FaultRecord>): FaultRecord => ({
  id: 1,
  kind: 'powerOff',
  host: 'pe1',
  injectedAt: 10,
  healedAt: null,
  addresses: ['10.1.0.2', '10.2.0.2'],
  moved: false,
  network: null,
  ...change,
});
const loss = { element: 'pe1', address: '10.1.0.2', user: 'pu1', from: 5, givenUpAt: 12 };

describe('causeOf', () => {
  it('is the fault that hit the element while it was relied upon', () => {
    const faults = [fault({ id: 1, host: 'pe2' }), fault({ id: 2 })];
    expect(causeOf(faults, loss)?.id).toBe(2);
  });

  it('is a fault that had hit it before and was not healed', () => {
    expect(causeOf([fault({ injectedAt: 1 })], loss)?.id).toBe(1);
    expect(causeOf([fault({ injectedAt: 1, healedAt: 4 })], loss)).toBeNull();
  });

  it('is none that came after giving up', () => {
    expect(causeOf([fault({ injectedAt: 12.5 })], loss)).toBeNull();
  });

  it('is none of an element that has another address by now', () => {
    expect(causeOf([fault({})], { ...loss, address: '10.1.0.254' })).toBeNull();
  });

  it('is the fault after which the element moved away, long after it is back, for those who knew the old address', () => {
    const faults = [fault({ injectedAt: 1, healedAt: 2, moved: true })];
    expect(causeOf(faults, loss)?.id).toBe(1);
    expect(causeOf(faults, { ...loss, address: '10.1.0.254' })).toBeNull();
    expect(causeOf(faults, { ...loss, address: null })).toBeNull();
  });

  it('is what ends an element rather than what hampers it', () => {
    const faults = [fault({ id: 1, kind: 'impair', injectedAt: 6 }), fault({ id: 2, kind: 'kill', injectedAt: 8 })];
    expect(causeOf(faults, loss)?.id).toBe(2);
  });

  it('is the first that ended it, when another followed', () => {
    const faults = [fault({ id: 1, kind: 'freeze', injectedAt: 6 }), fault({ id: 2, kind: 'kill', injectedAt: 8 })];
    expect(causeOf(faults, loss)?.id).toBe(1);
  });

  it('is a fault of the user’s own host when its element had none', () => {
    expect(causeOf([fault({ kind: 'cutPath', host: 'pu1' })], loss)?.id).toBe(1);
  });
});

describe('faultsOf', () => {
  it('joins a fault with its healing', async () => {
    expect(faultsOf(await journalOf('new-address'))).toMatchObject([
      { id: 1, host: 'pe3', healedAt: expect.closeTo(21.889, 2) },
      { id: 2, host: 'pe2', healedAt: null },
    ]);
  });
});
