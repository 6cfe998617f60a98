/**
 * The batches for `ip` and `tc` that turn a plan's topology into namespaces, bridges and veth pairs. Pure, so that they
 * can be read and tested without a kernel.
 *
 * Delay, loss and all else sit on the bridge's end of each leg, where packets leave the network for a host: the
 * sender's kernel never learns of a loss, one qdisc per leg is enough, and a capture on the bridge sees every packet
 * when it is sent, the lost ones too.
 *
 * Every device is named with a keyword before it: `ip` takes a word such as `a` or `link` for an option otherwise.
 */
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import { hardwareAddress, multicastRoute, neighbourBatch, wholePackets } from '../switch.js';
import { legDevice, namespaceOf, switchOf } from './names.js';

type Batch = string[][];

export const namespaceBatch = (plan: Plan, session: string): Batch =>
  [switchOf(session), ...plan.hosts.map(({ name }) => namespaceOf(session, name))].map((name) => [
    'netns',
    'add',
    name,
  ]);

/** In the switch: one bridge per network, one veth pair per leg with its far end in the host. */
export function switchBatch(plan: Plan, session: string): Batch {
  const bridges = Object.keys(plan.topology.networks).flatMap((name) => [
    ['link', 'add', 'name', name, 'type', 'bridge'],
    ['link', 'set', 'dev', name, 'addrgenmode', 'none'],
    ['link', 'set', 'dev', name, 'up'],
  ]);
  const legs = plan.hosts.flatMap(({ name, legs }) =>
    legs.flatMap(({ network, address }) => {
      const device = legDevice(name, network);
      const there = ['address', hardwareAddress(address), 'netns', namespaceOf(session, name)];
      const peer = ['peer', 'name', network, ...there];
      return [
        ['link', 'add', 'name', device, 'type', 'veth', ...peer],
        ['link', 'set', 'dev', device, 'addrgenmode', 'none'],
        ['link', 'set', 'dev', device, 'master', network, ...wholePackets, 'up'],
      ];
    }),
  );
  return [...bridges, ...legs];
}

/** In one host: its legs' addresses, its neighbours, and a route for multicast. */
export const hostBatch = (plan: Plan, host: PlannedHost, prefixes: Readonly<Record<string, number>>): Batch => [
  ['link', 'set', 'dev', 'lo', 'up'],
  ...host.legs.flatMap(({ network, address }) => [
    ['link', 'set', 'dev', network, 'addrgenmode', 'none'],
    ['address', 'add', `${address}/${prefixes[network]}`, 'dev', network],
    ['link', 'set', 'dev', network, ...wholePackets, 'up'],
  ]),
  ...neighbourBatch(plan, host),
  ['route', 'add', multicastRoute, 'dev', host.legs[0]!.network],
];
