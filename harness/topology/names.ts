/**
 * Which names networks and hosts may have: they lend them to devices, files and command lines. In the network of a lab
 * a network's name is that of a bridge, `host-network` is the bridge's end of a leg, and `stage0`, `stage1`, … are
 * devices of a lab's own; on a host, a leg is called like its network.
 */
import { z } from 'zod';
import { check } from '../base/check.js';
import { badInput } from '../base/errors.js';

/** What Linux calls something else already: the loopback, all devices, those to come, and what tunnels bring along. */
const linuxWords = new Set([
  ...['lo', 'all', 'default'],
  ...['tunl0', 'sit0', 'gre0', 'gretap0', 'erspan0', 'ip_vti0', 'ip6_vti0', 'ip6tnl0', 'ip6gre0'],
]);

/** What `ip link add` and `ip link set` of iproute2 6.1 read as something else than the name of a device. */
const ipWords = new Set(
  `up down name index link address broadcast brd txqueuelen txqlen qlen mtu netns multicast allmulticast promisc
  trailers arp carrier vf master vrf nomaster dynamic type alias group mode state numtxqueues numrxqueues addrgenmode
  protodown gso_max_size gso_max_segs gro_max_size parentdev dev help xdp xdpgeneric xdpdrv xdpoffload`.split(/\s+/),
);

const label = z.string().regex(/^[a-z][a-z0-9_-]*$/i, 'a name of letters, digits and hyphens');

/** A network device's name has 15 characters at the most. */
const longest = 15;

/** @throws HarnessError `bad-input` for a name that is no word */
export const checkLabel = (where: string, word: string): string => check(`${where}: '${word}'`, label, word);

/**
 * @throws HarnessError `bad-input` when a device could not have the name that it would get, or two would get the same
 */
export function checkDeviceNames(
  where: string,
  networks: readonly string[],
  hosts: readonly { readonly name: string; readonly legs: readonly { readonly network: string }[] }[],
): void {
  const taken = new Map<string, string>();
  const take = (device: string, owner: string) => {
    const other = taken.get(device);
    if (other) throw badInput(`${where}: expected distinct devices, got '${device}' for both ${other} and ${owner}`);
    taken.set(device, owner);
  };
  for (const network of networks) {
    rejectWord(where, network);
    if (network.length > longest)
      throw badInput(`${where}: expected a network's name of at most ${longest} letters, got '${network}'`);
    take(network, `the network '${network}'`);
  }
  for (const { name, legs } of hosts) {
    for (const { network } of legs) {
      const both = name.length + network.length;
      if (both >= longest) {
        const got = `'${name}' and '${network}' with ${both}`;
        throw badInput(
          `${where}: expected names of a host and its network of at most ${longest - 1} letters together, got ${got}`,
        );
      }
      take(`${name}-${network}`, `the leg of '${name}' in '${network}'`);
    }
  }
}

function rejectWord(where: string, network: string): void {
  const refuse = (reader: string) => {
    throw badInput(`${where}: expected a network's name that ${reader}, got '${network}'`);
  };
  if (linuxWords.has(network)) refuse('Linux has no device of yet');
  if (ipWords.has(network)) refuse('`ip` does not read as an option');
  if (/^stage\d+$/.test(network)) refuse('a lab has no device of yet');
}
