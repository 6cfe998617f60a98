import type { Plan } from '../experiment/plan.js';
import type { JournalEvent } from '../result/journal.js';
import { subnet } from '../topology/address.js';

/**
 * Whose address is this, and on which network? Answers for a moment, because a host that reappears under a new
 * address may get one that was another host's before.
 */
export class AddressBook {
  readonly #owners = new Map<string, { since: number; host: string }[]>();
  readonly #networks: { name: string; first: number; last: number }[];
  readonly #networkOf = new Map<string, string | null>();
  readonly #texts = new Map<string, string>();

  constructor(plan: Plan, journal: readonly JournalEvent[]) {
    this.#networks = Object.entries(plan.topology.networks).map(([name, { cidr }]) => {
      const { first, size } = subnet(name, cidr);
      return { name, first, last: first + size - 1 };
    });
    for (const { name, legs } of plan.hosts)
      for (const { address, network } of legs) {
        this.#add(address, Number.NEGATIVE_INFINITY, name);
        // Real hosts have what addresses they have.
        this.#networkOf.set(address, network);
      }
    for (const event of journal) {
      if (event.event !== 'faultInjected' && event.event !== 'faultHealed') continue;
      for (const address of event.addresses) {
        // Heal is journalled when it is done, but the new address is used as soon as it is there.
        if (this.hostOf(address, event.time) !== event.host) this.#add(address, event.time - settling, event.host);
      }
    }
  }

  /** @returns null for an address that was nobody's then */
  hostOf(address: string, time: number): string | null {
    const owners = this.#owners.get(address);
    if (!owners) return null;
    for (let at = owners.length - 1; at >= 0; at -= 1) if (owners[at]!.since <= time) return owners[at]!.host;
    // Before its first owner was known there was no other: the journal may lag behind the wire.
    return owners[0]!.host;
  }

  networkOf(address: string): string | null {
    let network = this.#networkOf.get(address);
    if (network === undefined) {
      const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
      network = this.#networks.find(({ first, last }) => value >= first && value <= last)?.name ?? null;
      this.#networkOf.set(this.intern(address), network);
    }
    return network;
  }

  /** The same text, always as the same string: packets need not keep the lines they were read from. */
  intern(address: string): string {
    let text = this.#texts.get(address);
    if (text === undefined) {
      text = Buffer.from(address, 'latin1').toString('latin1');
      this.#texts.set(text, text);
    }
    return text;
  }

  #add(address: string, since: number, host: string): void {
    const owners = this.#owners.get(address) ?? [];
    owners.push({ since, host });
    this.#owners.set(address, owners);
  }
}

/** Seconds a heal may take between giving the address and being journalled. */
const settling = 5;
