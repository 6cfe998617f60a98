import { Address4 } from 'ip-address';
import { show } from '../base/check.js';
import { badInput } from '../base/errors.js';

/** An IPv4 network: its first address as a number, how many addresses it spans, and its text, e.g. `10.1.0.0/24`. */
export interface Subnet {
  readonly cidr: string;
  readonly first: number;
  readonly size: number;
  readonly prefixLength: number;
}

/**
 * Addresses that no host of a lab can have. Tried with RSPLIB 3.4.4 on Linux 6.1: its registrar refuses elements with
 * link-local addresses, and Linux's SCTP does not talk to the anycast ones.
 */
const nobodys: readonly (readonly [cidr: string, what: string])[] = [
  ['0.0.0.0/8', '“this network”, RFC 1122'],
  ['127.0.0.0/8', 'loopback, RFC 1122'],
  ['169.254.0.0/16', 'link-local, RFC 3927'],
  ['192.88.99.0/24', 'anycast for 6to4, which SCTP refuses, RFC 7526'],
  ['224.0.0.0/4', 'multicast, RFC 5771'],
  ['255.255.255.255/32', 'broadcast, RFC 919'],
];

/** @throws HarnessError `bad-input` when the text is no IPv4 network with its host bits zero */
export function subnet(where: string, cidr: string): Subnet {
  if (!Address4.isValid(cidr) || !cidr.includes('/')) {
    throw badInput(`${where}: expected an IPv4 network such as 10.1.0.0/24, got ${show(cidr)}`);
  }
  const address = new Address4(cidr);
  const [first, prefixLength] = [Number(address.startAddress().bigInt()), address.subnetMask];
  if (Number(address.bigInt()) !== first) {
    throw badInput(`${where}: expected the network's own address ${dotted(first)}/${prefixLength}, got ${show(cidr)}`);
  }
  return { cidr, first, prefixLength, size: 2 ** (32 - prefixLength) };
}

/**
 * As {@link subnet}, for a network whose addresses hosts are to have.
 * @throws HarnessError `bad-input` also when some of them can be nobody's
 */
export function hostSubnet(where: string, cidr: string): Subnet {
  const network = subnet(where, cidr);
  const found = nobodys.find(([reserved]) => overlap(network, subnet(where, reserved)));
  if (!found) return network;
  const [reserved, what] = found;
  const expected = `addresses that hosts can have, for example of 10.0.0.0/8 or 192.168.0.0/16`;
  throw badInput(`${where}: expected ${expected}, got ${show(cidr)}, which has some of ${reserved} (${what})`);
}

/** @returns what was expected and got instead, when a single IPv4 address can be no host's; undefined when it can */
export function hostAddressProblem(text: string): string | undefined {
  if (!Address4.isValid(text) || text.includes('/')) return `an IPv4 address such as 192.0.2.7, got ${show(text)}`;
  const network = subnet(text, `${text}/32`);
  const found = nobodys.find(([reserved]) => overlap(network, subnet(text, reserved)));
  return found && `an address that a host can have, got ${show(text)}, which is of ${found[0]} (${found[1]})`;
}

export const overlap = (a: Subnet, b: Subnet): boolean => a.first < b.first + b.size && b.first < a.first + a.size;

/** How many hosts fit: the network's own and the broadcast address are nobody's. */
export const capacity = ({ size }: Subnet): number => Math.max(0, size - 2);

/** The n-th usable address, counted from 1. */
export const addressAt = ({ first }: Subnet, index: number): string => dotted(first + index);

/**
 * The n-th spare address, counted from 1 at the top of the network: what a pool element that reappears under a new
 * address gets. Spares are used in turn and come round again only when all of them have been used.
 */
export function spareAddress(network: Subnet, hostsInUse: number, index: number): string {
  const spares = capacity(network) - hostsInUse;
  return dotted(network.first + network.size - 2 - ((index - 1) % spares));
}

const dotted = (value: number): string => Address4.fromBigInt(BigInt(value)).correctForm();
