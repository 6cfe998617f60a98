import { describe, expect, it } from 'vitest';
import { resolvePlan } from '../../harness/experiment/plan.js';
import {
  constant,
  experiment,
  hosts,
  ms,
  network,
  poolElement,
  poolUser,
  registrar,
  s,
  topology,
} from '../../harness/index.js';
import { legDevice } from '../../harness/lab/netns/names.js';
import { hostBatch, namespaceBatch, switchBatch } from '../../harness/lab/netns/wiring.js';
import { netemBatch, readdressBatch } from '../../harness/lab/switch.js';

const plan = resolvePlan(
  experiment({
    name: 'wiring',
    topology: topology({
      name: 'wiring',
      networks: {
        red: network('10.1.0.0/24', { delay: ms(10) }),
        blue: network('10.2.0.0/16', { delay: ms(30), lossPercent: 1 }),
      },
      hosts: {
        registrars: hosts(1, { on: ['red', 'blue'] }),
        elements: hosts(1, { on: ['red', 'blue'] }),
        users: hosts(1, { on: ['blue'] }),
      },
    }),
    deploy: () => ({
      registrars: registrar(),
      elements: poolElement(),
      users: poolUser({ requestInterval: constant(1) }),
    }),
    phases: { measure: s(1) },
  }),
);
const lines = (batch: readonly (readonly string[])[]) => batch.map((words) => words.join(' '));
const element = plan.hosts[1]!;
const prefixes = { red: 24, blue: 16 };

describe('batches', () => {
  it('make a namespace for the switch and for every host, all under the session’s label', () => {
    expect(lines(namespaceBatch(plan, 'abc123'))).toEqual([
      'netns add rsplab-abc123-switch',
      'netns add rsplab-abc123-pr1',
      'netns add rsplab-abc123-pe1',
      'netns add rsplab-abc123-pu1',
    ]);
  });

  it('make a bridge per network and a pair of devices per leg, its far end in the host', () => {
    const batch = lines(switchBatch(plan, 'abc123'));
    expect(batch.filter((line) => line.includes('type bridge'))).toEqual([
      'link add name red type bridge',
      'link add name blue type bridge',
    ]);
    expect(batch.filter((line) => line.includes('type veth'))).toEqual([
      'link add name pr1-red type veth peer name red address 02:00:0a:01:00:01 netns rsplab-abc123-pr1',
      'link add name pr1-blue type veth peer name blue address 02:00:0a:02:00:01 netns rsplab-abc123-pr1',
      'link add name pe1-red type veth peer name red address 02:00:0a:01:00:02 netns rsplab-abc123-pe1',
      'link add name pe1-blue type veth peer name blue address 02:00:0a:02:00:02 netns rsplab-abc123-pe1',
      'link add name pu1-blue type veth peer name blue address 02:00:0a:02:00:03 netns rsplab-abc123-pu1',
    ]);
    expect(batch.filter((line) => line.includes('master'))).toEqual(
      [
        ...['pr1-red master red', 'pr1-blue master blue', 'pe1-red master red', 'pe1-blue master blue'],
        'pu1-blue master blue',
      ].map((leg) => `link set dev ${leg} gso_max_segs 1 up`),
    );
  });

  // `ip` reads a bare `a` as `address`, `l` as `link`, and so on; each of these was tried.
  it('name every device with a keyword before it', () => {
    const batch = [...switchBatch(plan, 'abc123'), ...hostBatch(plan, element, prefixes)];
    for (const words of batch.filter(([what]) => what === 'link')) expect(['name', 'dev']).toContain(words[2]);
  });

  it('give a host its addresses and a way for multicast', () => {
    const batch = lines(hostBatch(plan, element, prefixes));
    expect(batch).toContain('address add 10.1.0.2/24 dev red');
    expect(batch).toContain('address add 10.2.0.2/16 dev blue');
    expect(batch.at(-1)).toBe('route add 224.0.0.0/4 dev red');
  });

  it('tell a host where the hosts of other groups are, in the networks that it shares with them', () => {
    expect(lines(hostBatch(plan, element, prefixes)).filter((line) => line.startsWith('neigh'))).toEqual([
      'neigh replace 10.1.0.1 lladdr 02:00:0a:01:00:01 dev red nud permanent',
      'neigh replace 10.2.0.1 lladdr 02:00:0a:02:00:01 dev blue nud permanent',
      'neigh replace 10.2.0.3 lladdr 02:00:0a:02:00:03 dev blue nud permanent',
    ]);
  });

  it('put other addresses in the place of those a host has', () => {
    const legs = element.legs.map(({ network }) => ({ device: network, prefix: prefixes[network as 'red'] }));
    expect(lines(readdressBatch(legs, ['10.1.0.254', '10.2.255.254']))).toEqual([
      'address flush dev red',
      'address add 10.1.0.254/24 dev red',
      'address flush dev blue',
      'address add 10.2.255.254/16 dev blue',
      'route replace 224.0.0.0/4 dev red',
    ]);
  });

  it('do to every leg what its network does, on the bridge’s side', () => {
    expect(lines(netemBatch(plan, legDevice))).toEqual([
      'qdisc replace dev pr1-red root netem limit 100000 delay 10ms corrupt 0% reorder 0% rate 0bit',
      'qdisc replace dev pr1-blue root netem limit 100000 delay 30ms loss 1% corrupt 0% reorder 0% rate 0bit',
      'qdisc replace dev pe1-red root netem limit 100000 delay 10ms corrupt 0% reorder 0% rate 0bit',
      'qdisc replace dev pe1-blue root netem limit 100000 delay 30ms loss 1% corrupt 0% reorder 0% rate 0bit',
      'qdisc replace dev pu1-blue root netem limit 100000 delay 30ms loss 1% corrupt 0% reorder 0% rate 0bit',
    ]);
  });
});
