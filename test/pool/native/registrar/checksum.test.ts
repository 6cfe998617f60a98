import { expect, it } from 'vitest';
import { asapTypes, decode, find } from '../../../../harness/pool/native/asap.js';
import { decodeEnrp, enrpTypes } from '../../../../harness/pool/native/enrp.js';
import { elementSum, foldedChecksum } from '../../../../harness/pool/native/registrar/checksum.js';
import { payloadsOf } from '../payloads.js';

it('of no element is 0xffff; elements can be taken away again; an odd octet counts as a word', () => {
  expect(foldedChecksum(0)).toBe(0xffff);
  expect(elementSum('a', 0)).toBe(0x6100);
  expect(elementSum('ab', 0x0001_0002)).toBe(0x6162 + 3);
  expect(foldedChecksum(elementSum('pool', 7) + elementSum('pool', 8) - elementSum('pool', 7))).toBe(
    foldedChecksum(elementSum('pool', 8)),
  );
});

it('is RSPLIB’s: every presence of a run in which the elements’ home is killed and another takes over', async () => {
  const homes = new Map<number, { pool: string; home: number }>();
  let compared = 0;
  const seen = new Set<number>();
  let changedAt = 0;
  const change = (at: number, change: () => void) => {
    changedAt = at;
    change();
  };
  for (const { protocol, bytes, at } of await payloadsOf('test/fixtures/native/registrar-kill.pcapng')) {
    if (protocol === 'asap' && bytes[0] === asapTypes.deregistration)
      change(at, () => homes.delete(find(decode(bytes), 'elementIdentifier')!.identifier));
    if (protocol !== 'enrp') continue;
    const message = decodeEnrp(bytes);
    if (message.type === enrpTypes.handleUpdate && message.action === 0) {
      const { identifier, registrar } = find(message, 'poolElement')!;
      const pool = find(message, 'poolHandle')!.handle;
      if (homes.get(identifier)?.home !== registrar) change(at, () => homes.set(identifier, { pool, home: registrar }));
    }
    // What is under way while something changes may be older than the change.
    if (message.type !== enrpTypes.presence || at < changedAt + 0.1) continue;
    const own = [...homes].filter(([, { home }]) => home === message.sender);
    const sum = own.reduce((total, [identifier, { pool }]) => total + elementSum(pool, identifier), 0);
    const { checksum } = find(message, 'checksum')!;
    expect(checksum).toBe(foldedChecksum(sum));
    if (own.length > 0) seen.add(message.sender);
    compared += 1;
  }
  // Two registrars were home of all elements, one after the other.
  expect(seen.size).toBe(2);
  expect(compared).toBeGreaterThan(300);
}, 120_000);
