/** What an attacker's process is told, as JSON on its command line, and where it may do it. */
import { z } from 'zod';
import { check } from '../../base/check.js';
import { badInput } from '../../base/errors.js';
import { attackBounds, attackNames, attackTargets } from '../../experiment/attacker.js';
import { contains } from './networks.js';

export const orderSchema = z.strictObject({
  attack: z.enum(attackNames),
  target: z.enum(attackTargets),
  /** Of all that a fuzzer draws. */
  seed: z.int(),
  pool: z.string().min(1),
  /** Messages per second. */
  rate: z.number().positive().max(attackBounds.rate),
  /** Epoch seconds. */
  beginAt: z.number().positive(),
  seconds: z.number().positive().max(attackBounds.seconds),
  fakeElements: z.int().min(1).max(attackBounds.fakeElements),
  associations: z.int().min(1).max(attackBounds.associations),
  firstIdentifier: z.int().min(0).max(0xffff_ffff),
  /** The attacker's own addresses. */
  addresses: z.array(z.ipv4()).min(1),
  /** Where its elements listen that do not exist. */
  port: z.int().min(1).max(65535),
  registrar: z.strictObject({ address: z.ipv4(), port: z.int().min(1).max(65535) }),
  /** The emulated networks: CIDRs. */
  networks: z.array(z.cidrv4()).min(1),
});
export type Order = z.infer<typeof orderSchema>;

/** What a process can tell of the machine it runs on. */
export interface Surroundings {
  /** Whether it lives in the network of the machine itself rather than in one of its own; null when it cannot tell. */
  readonly inMachinesNetwork: boolean | null;
  /** Addresses it has, those of the loopback device aside. */
  readonly addresses: readonly string[];
  /** Of its default routes, the addresses of the next hops. */
  readonly gateways: readonly string[];
}

/**
 * Refuses to attack anything but a lab: only from a network of its own that leads nowhere else, only with addresses of
 * emulated networks, only a registrar in the same emulated network.
 * @throws HarnessError `bad-input` with the first reason
 */
export function checkOrder(input: unknown, { inMachinesNetwork, addresses, gateways }: Surroundings): Order {
  const order = check('attacker', orderSchema, input);
  const refuse = (expected: string, got: string) => {
    throw badInput(`attacker: expected ${expected}, got ${got}`);
  };
  if (inMachinesNetwork !== false)
    refuse(
      'a network namespace of a lab',
      inMachinesNetwork ? 'the one of the machine' : 'one of which it cannot tell',
    );
  const isOutside = (address: string) => !order.networks.some((network) => contains(network, address));
  // Docker gives containers a default route to an address of their network that a lab leaves to nobody.
  const wayOut = gateways.find(isOutside);
  if (wayOut) refuse('a lab host, which has no way out', `one with a route by ${wayOut}`);
  const stranger = addresses.find(isOutside);
  if (stranger) refuse(`a host with addresses in ${order.networks.join(', ')} only`, stranger);
  const missing = order.addresses.find((address) => !addresses.includes(address));
  if (missing) refuse(`its own addresses (${addresses.join(', ') || 'none'})`, missing);
  const shared = order.networks.filter((network) => contains(network, order.registrar.address));
  if (!shared.some((network) => order.addresses.some((address) => contains(network, address))))
    refuse('a registrar in one of its own networks', order.registrar.address);
  return order;
}
