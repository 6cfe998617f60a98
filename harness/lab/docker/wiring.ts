/**
 * Which device is which leg, and the batches for `ip` that make an engine's networks what every lab's are. Pure, so
 * that they can be read and tested without an engine.
 */
import { labBroken } from '../../base/errors.js';
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import { hardwareAddress, multicastRoute, neighbourBatch, wholePackets } from '../switch.js';

/** What `ip -json` says of a device; `link_index` is the number of its other end. */
export interface LinkState {
  readonly ifname: string;
  readonly ifindex: number;
  readonly link_index?: number;
  readonly addr_info?: readonly { readonly local: string }[];
}

/** A leg as its container sees it. */
export interface InnerLeg {
  readonly network: string;
  readonly device: string;
  readonly prefix: number;
  /** The number of the bridge's end. */
  readonly outerIndex: number;
}

/**
 * Tells a container's devices by their addresses: which is eth0 and which eth1 is the engine's affair.
 * @throws HarnessError `lab-broken` when an address is on no device
 */
export function innerLegs(
  { name, legs }: Pick<PlannedHost, 'name' | 'legs'>,
  prefixes: Readonly<Record<string, number>>,
  devices: readonly LinkState[],
): InnerLeg[] {
  return legs.map(({ network, address }) => {
    const found = devices.find(({ addr_info }) => addr_info?.some(({ local }) => local === address));
    if (found?.link_index === undefined) throw labBroken(`The container of ${name} has no device with ${address}`);
    return { network, device: found.ifname, prefix: prefixes[network]!, outerIndex: found.link_index };
  });
}

/** In a container: what the engine leaves to be done, above all its neighbours. */
export const innerBatch = (plan: Plan, host: PlannedHost, legs: readonly InnerLeg[]): string[][] => [
  ...legs.flatMap(({ device }, at) => [
    ['link', 'set', device, 'addrgenmode', 'none'],
    ['link', 'set', device, 'address', hardwareAddress(host.legs[at]!.address), ...wholePackets],
  ]),
  ...neighbourBatch(plan, host, (network) => legs.find((leg) => leg.network === network)!.device),
  ['route', 'add', multicastRoute, 'dev', legs[0]!.device],
];

/** A bridge is to be nothing but a bridge: without the address that the engine gave it, it takes part in nothing. */
export const bridgeBatch = (bridges: readonly string[]): string[][] =>
  bridges.flatMap((bridge) => [
    ['address', 'flush', 'dev', bridge],
    ['link', 'set', bridge, 'addrgenmode', 'none'],
  ]);

/** Bridges' ends of legs. */
export const outerBatch = (devices: readonly string[]): string[][] =>
  devices.flatMap((device) => [
    ['link', 'set', device, 'addrgenmode', 'none'],
    ['link', 'set', device, ...wholePackets],
  ]);

/**
 * The bridges' ends of all legs, each under `HOST NETWORK`.
 * @throws HarnessError `lab-broken` when one is not here, because the engine is elsewhere
 */
export function outerDevices(
  inside: ReadonlyMap<string, readonly InnerLeg[]>,
  devices: readonly LinkState[],
): Map<string, string> {
  const names = new Map(devices.map(({ ifindex, ifname }) => [ifindex, ifname]));
  return new Map(
    [...inside].flatMap(([host, legs]) =>
      legs.map(({ network, outerIndex }): [string, string] => {
        const device = names.get(outerIndex);
        if (device === undefined) {
          throw labBroken(`The bridge's end of ${host}'s leg in ${network} is not on this machine; is the engine?`);
        }
        return [`${host} ${network}`, device];
      }),
    ),
  );
}
