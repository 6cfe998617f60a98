/**
 * Networks of hosts that are far apart, made of tunnels: Ethernet in L2TPv3 (RFC 3931) in UDP, one for each pair of
 * hosts and each network, between the addresses that the two really have there. Pure: a kernel's command line, and
 * lines for `ip -batch`.
 */
import type { Plan, PlannedHost } from '../../../experiment/plan.js';
import { subnet } from '../../../topology/address.js';
import { multicastRoute } from '../../switch.js';
import { type Placement, pairsOf } from '../placement.js';

export interface TunnelEnd {
  readonly host: string;
  /** The real host's. */
  readonly address: string;
  readonly port: number;
}

export interface Tunnel {
  readonly network: string;
  /** Each end tells by it that a packet is of this tunnel. */
  readonly session: number;
  readonly ends: readonly [TunnelEnd, TunnelEnd];
}

/** Packets that fit into a tunnel without being cut: what Ethernet, L2TPv3, UDP and IP add is less than 100 bytes. */
const mtu = 1400;

/** How many ports of UDP the tunnels of a plan take, from the first on; each end has one of its own. */
export const portsOf = (plan: Plan): number => 2 * pairsOf(plan).length;

export const tunnelsOf = (plan: Plan, placement: Placement, firstPort: number): Tunnel[] =>
  pairsOf(plan).map(({ network, between }, index) => {
    const [a, b] = between.map((host, side) => ({
      host,
      address: placement.get(host)!.addresses[network]!,
      port: firstPort + 2 * index + side,
    })) as [TunnelEnd, TunnelEnd];
    return { network, session: index + 1, ends: [a, b] };
  });

/** The host's tunnels in the order of its network devices, each with its own end first. */
export const tunnelsAt = (
  tunnels: readonly Tunnel[],
  host: string,
): { tunnel: Tunnel; own: TunnelEnd; other: TunnelEnd }[] =>
  tunnels.flatMap((tunnel) => {
    const [a, b] = tunnel.ends;
    if (a.host === host) return [{ tunnel, own: a, other: b }];
    return b.host === host ? [{ tunnel, own: b, other: a }] : [];
  });

/** Network cards of the host's kernel (`Documentation/virt/uml/user_mode_linux_howto_v2.rst`), for its command line. */
export const cardsOf = (tunnels: readonly Tunnel[], host: string): string[] =>
  tunnelsAt(tunnels, host).map(({ tunnel: { session }, own, other }, index) =>
    [
      `vec${index}:transport=l2tpv3`,
      ...['udp=1', `src=${own.address}`, `dst=${other.address}`, `srcport=${own.port}`, `dstport=${other.port}`],
      ...[`rx_session=${session}`, `tx_session=${session}`],
    ].join(','),
  );

/**
 * A bridge for each of the host's networks, with its address there. Tunnels are isolated from each other: what comes by
 * one is for this host, and goes nowhere else.
 */
export function networkLines(plan: Plan, { name, legs }: PlannedHost, tunnels: readonly Tunnel[]): string[] {
  const own = tunnelsAt(tunnels, name);
  return legs.flatMap(({ network, address }, index) => {
    const bridge = `net${index}`;
    const cards = own.flatMap(({ tunnel }, card) => (tunnel.network === network ? [`vec${card}`] : []));
    const { prefixLength } = subnet(network, plan.topology.networks[network]!.cidr);
    return [
      `link add name ${bridge} mtu ${mtu} type bridge forward_delay 0`,
      ...cards.flatMap((card) => [
        `link set dev ${card} mtu ${mtu} master ${bridge} up`,
        `link set dev ${card} type bridge_slave isolated on`,
      ]),
      `address add ${address}/${prefixLength} dev ${bridge}`,
      `link set dev ${bridge} up`,
      // Registrars find each other by multicast, on their first network.
      ...(index === 0 ? [`route add ${multicastRoute} dev ${bridge}`] : []),
    ];
  });
}

const shown = ({ address, port }: TunnelEnd): string => `${address}:${port}`;

/** The host's ends of its tunnels, for people. */
export const endsAt = (tunnels: readonly Tunnel[], host: string): string[] =>
  tunnelsAt(tunnels, host).map(({ own }) => shown(own));

/** From the host to all others, with words for people. */
export const waysFrom = (
  { hosts }: Plan,
  tunnels: readonly Tunnel[],
  host: string,
): { own: string; other: string; way: string }[] => {
  const addressOf = (name: string, network: string) =>
    hosts.find((it) => it.name === name)!.legs.find((leg) => leg.network === network)!.address;
  return tunnelsAt(tunnels, host).map(({ tunnel: { network }, own, other }) => ({
    own: addressOf(host, network),
    other: addressOf(other.host, network),
    way: `from ${shown(own)} to ${other.host} at ${shown(other)} (${network}, UDP)`,
  }));
};
