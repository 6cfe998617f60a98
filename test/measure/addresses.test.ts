import { describe, expect, it } from 'vitest';
import { AddressBook } from '../../harness/measure/addresses.js';
import type { JournalEvent } from '../../harness/result/journal.js';
import { recordingPlan } from './recordings.js';

const healed = (time: number, host: string, addresses: string[]): JournalEvent => ({
  event: 'faultHealed',
  time,
  id: 1,
  host,
  healedAt: time,
  addresses,
});

describe('AddressBook', () => {
  it('knows the plan’s addresses and their networks', () => {
    const book = new AddressBook(recordingPlan(), []);
    expect([book.hostOf('10.1.0.1', 0), book.hostOf('10.2.0.4', 0)]).toEqual(['pr1', 'pe3']);
    expect([book.networkOf('10.2.0.4'), book.networkOf('239.0.0.50')]).toEqual(['blue', null]);
    expect(book.hostOf('10.1.0.200', 0)).toBeNull();
  });

  it('learns the addresses under which a host comes back', () => {
    const book = new AddressBook(recordingPlan(), [healed(60, 'pe1', ['10.1.0.254', '10.2.0.254'])]);
    expect(book.hostOf('10.2.0.254', 61)).toBe('pe1');
    expect(book.hostOf('10.1.0.2', 61)).toBe('pe1');
  });

  it('tells whose an address was at the time, when it went from host to host', () => {
    const journal = [healed(60, 'pe1', ['10.1.0.254']), healed(600, 'pe2', ['10.1.0.254'])];
    const book = new AddressBook(recordingPlan(), journal);
    expect([100, 500, 610].map((time) => book.hostOf('10.1.0.254', time))).toEqual(['pe1', 'pe1', 'pe2']);
  });
});
