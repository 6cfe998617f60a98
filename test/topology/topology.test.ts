import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Duration, hosts, ms, network, type Topology, topology } from '../../harness/index.js';
import { addressAt, capacity, hostSubnet, overlap, spareAddress, subnet } from '../../harness/topology/address.js';

const refusal = (make: () => unknown) => {
  try {
    make();
  } catch (error) {
    return error as Error & { code: string };
  }
  throw new Error('expected a refusal, got none');
};

const lan = (parts: {
  networks?: Record<string, string>;
  hosts?: Record<string, ReturnType<typeof hosts>>;
}): Topology =>
  topology({
    name: 'test',
    networks: Object.fromEntries(
      Object.entries(parts.networks ?? { lan: '10.0.0.0/24' }).map(([name, cidr]) => [name, network(cidr)]),
    ),
    hosts: parts.hosts ?? { elements: hosts(1, { on: ['lan'] }) },
  });

describe('a topology', () => {
  it('names hosts by their group and numbers addresses in order of the groups', () => {
    const { hosts: placed } = topology({
      name: 'test',
      networks: { red: network('10.1.0.0/24'), blue: network('10.2.0.0/24') },
      hosts: {
        registrars: hosts(1, { on: ['red', 'blue'] }),
        elements: hosts(1, { on: ['blue'] }),
        users: hosts(2, { on: ['red', 'blue'] }),
        attackers: hosts(1, { on: ['red'] }),
      },
    });
    const lines = placed.map(
      ({ name, legs }) => `${name} ${legs.map((leg) => `${leg.network}=${leg.address}`).join(' ')}`,
    );
    expect(lines).toEqual([
      'pr1 red=10.1.0.1 blue=10.2.0.1',
      'pe1 blue=10.2.0.2',
      'pu1 red=10.1.0.2 blue=10.2.0.3',
      'pu2 red=10.1.0.3 blue=10.2.0.4',
      'at1 red=10.1.0.4',
    ]);
  });

  it('may have groups that JavaScript’s objects have something of, too', () => {
    const { hosts: placed } = lan({ hosts: { valueOf: hosts(1, { on: ['lan'] }) } });
    expect(placed.map(({ name }) => name)).toEqual(['valueOf1']);
  });

  it('is frozen all the way down', () => {
    const made = lan({});
    expect(() => Object.assign(made.hosts[0]!.legs[0]!, { address: '1.2.3.4' })).toThrow(TypeError);
    expect(() => Object.assign(made.networks.lan!.impairment, { delay: 1 })).toThrow(TypeError);
  });

  it.each([
    [
      'overlapping networks',
      () => lan({ networks: { red: '10.1.0.0/16', blue: '10.1.2.0/24' } }),
      "topology test: networks 'red' (10.1.0.0/16) and 'blue' (10.1.2.0/24) overlap; expected distinct ones",
    ],
    [
      'a network that is too small',
      () => lan({ networks: { lan: '10.0.0.0/29' }, hosts: { users: hosts(7, { on: ['lan'] }) } }),
      "topology test: network 'lan' (10.0.0.0/29) has no room for 7 hosts",
    ],
    [
      'an unknown network',
      () => lan({ hosts: { users: hosts(1, { on: ['wan'] }) } }),
      "topology test: expected one of the networks lan, got 'wan'",
    ],
    [
      'hosts of the same name',
      () => lan({ hosts: { users: hosts(1, { on: ['lan'] }), pu: hosts(1, { on: ['lan'] }) } }),
      "topology test: expected distinct hosts, got 'pu1' in both 'users' and 'pu'",
    ],
    [
      'a name that no device can have',
      () => lan({ networks: { 'my lan': '10.0.0.0/24' } }),
      `topology test: 'my lan': expected a name of letters, digits and hyphens, got "my lan"`,
    ],
    ...['lo', 'all', 'default', 'sit0'].map((word): [string, () => unknown, string] => [
      `a network that Linux calls ${word}`,
      () => lan({ networks: { [word]: '10.0.0.0/24' }, hosts: { users: hosts(1, { on: [word] }) } }),
      `topology test: expected a network's name that Linux has no device of yet, got '${word}'`,
    ]),
    ...['up', 'link', 'name', 'type', 'dev', 'mtu', 'address', 'help'].map((word): [string, () => unknown, string] => [
      `a network whose name ip reads as ${word}`,
      () => lan({ networks: { [word]: '10.0.0.0/24' }, hosts: { users: hosts(1, { on: [word] }) } }),
      `topology test: expected a network's name that \`ip\` does not read as an option, got '${word}'`,
    ]),
    [
      'a network that is called like a device of the lab’s own',
      () => lan({ networks: { stage0: '10.0.0.0/24' }, hosts: { users: hosts(1, { on: ['stage0'] }) } }),
      "topology test: expected a network's name that a lab has no device of yet, got 'stage0'",
    ],
    [
      'a network that is called like a leg',
      () =>
        lan({
          networks: { red: '10.1.0.0/24', 'pu1-red': '10.2.0.0/24' },
          hosts: { users: hosts(1, { on: ['red'] }) },
        }),
      "topology test: expected distinct devices, got 'pu1-red' for both the network 'pu1-red' and the leg of 'pu1' in 'red'",
    ],
    [
      'legs of the same name',
      () =>
        lan({
          networks: { b: '10.1.0.0/24', 'x1-b': '10.2.0.0/24' },
          hosts: { a: hosts(1, { on: ['x1-b'] }), 'a1-x': hosts(1, { on: ['b'] }) },
        }),
      "topology test: expected distinct devices, got 'a1-x1-b' for both the leg of 'a1' in 'x1-b' and the leg of 'a1-x1' in 'b'",
    ],
    [
      'a network nobody is on with a name that no device can have',
      () => lan({ networks: { lan: '10.0.0.0/24', averyverylongname: '10.1.0.0/24' } }),
      "topology test: expected a network's name of at most 15 letters, got 'averyverylongname'",
    ],
    ['no hosts', () => hosts(0, { on: ['lan'] }), 'hosts: expected at least 1, got 0'],
    ['half a host', () => hosts(1.5, { on: ['lan'] }), 'hosts: expected int, got 1.5'],
    ['hosts without a network', () => hosts(1, { on: [] }), 'hosts.on: expected at least 1 entry, got []'],
    [
      'two legs in one network',
      () => hosts(1, { on: ['lan', 'lan'] }),
      "hosts.on: expected every network once, got 'lan' twice",
    ],
    [
      'a network without a length',
      () => network('10.0.0.0'),
      'network: expected an IPv4 network such as 10.1.0.0/24, got "10.0.0.0"',
    ],
    [
      'a host instead of a network',
      () => network('10.0.0.7/24'),
      `network: expected the network's own address 10.0.0.0/24, got "10.0.0.7/24"`,
    ],
    [
      'an IPv6 network',
      () => network('fc00::/64'),
      'network: expected an IPv4 network such as 10.1.0.0/24, got "fc00::/64"',
    ],
    [
      'a network of everybody',
      () => network('0.0.0.0/0'),
      'network: expected addresses that hosts can have, for example of 10.0.0.0/8 or 192.168.0.0/16, got "0.0.0.0/0", which has some of 0.0.0.0/8 (“this network”, RFC 1122)',
    ],
    [
      'a network of this machine',
      () => network('127.0.0.0/8'),
      'network: expected addresses that hosts can have, for example of 10.0.0.0/8 or 192.168.0.0/16, got "127.0.0.0/8", which has some of 127.0.0.0/8 (loopback, RFC 1122)',
    ],
    [
      'link-local addresses',
      () => lan({ networks: { lan: '169.254.7.0/24' } }),
      'network: expected addresses that hosts can have, for example of 10.0.0.0/8 or 192.168.0.0/16, got "169.254.7.0/24", which has some of 169.254.0.0/16 (link-local, RFC 3927)',
    ],
    [
      'a network with multicast addresses in it',
      () => network('192.0.0.0/2'),
      'network: expected addresses that hosts can have, for example of 10.0.0.0/8 or 192.168.0.0/16, got "192.0.0.0/2", which has some of 192.88.99.0/24 (anycast for 6to4, which SCTP refuses, RFC 7526)',
    ],
    [
      'multicast',
      () => network('239.0.0.0/24'),
      'network: expected addresses that hosts can have, for example of 10.0.0.0/8 or 192.168.0.0/16, got "239.0.0.0/24", which has some of 224.0.0.0/4 (multicast, RFC 5771)',
    ],
    [
      'a negative delay',
      () => network('10.0.0.0/24', { delay: ms(-1) }),
      'network(10.0.0.0/24).delay: expected at least 0, got -0.001',
    ],
    [
      'jitter without a delay',
      () => network('10.0.0.0/24', { jitter: ms(1) }),
      'network(10.0.0.0/24).jitter: expected a delay beside the jitter, got jitter alone',
    ],
    [
      'reordering without a delay',
      () => network('10.0.0.0/24', { delay: ms(0), reorderPercent: 1 }),
      'network(10.0.0.0/24).reorderPercent: expected a delay beside the reordering, which lets packets overtake delayed ones, got none',
    ],
    [
      'a loss of more than everything',
      () => network('10.0.0.0/24', { lossPercent: 101 }),
      'network(10.0.0.0/24).lossPercent: expected at most 100, got 101',
    ],
    [
      'an unknown impairment',
      () => network('10.0.0.0/24', { dealy: ms(1) } as { delay?: Duration }),
      "network(10.0.0.0/24): unknown option 'dealy'",
    ],
  ])('refuses %s', (_, make, message) => {
    const error = refusal(make);
    expect(error.message).toBe(message);
    expect(error.code).toBe('bad-input');
  });
});

/** Any IPv4 network with room for a host, and none of the addresses that are nobody's. */
const anySubnet = fc
  .record({ bits: fc.nat(0xffff_ffff), length: fc.integer({ min: 8, max: 30 }) })
  .map(({ bits, length }) => {
    const first = Math.floor(bits / 2 ** (32 - length)) * 2 ** (32 - length);
    return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${length}`;
  })
  .filter((cidr) => isForHosts(cidr));

function isForHosts(cidr: string): boolean {
  try {
    hostSubnet('test', cidr);
    return true;
  } catch {
    return false;
  }
}
const numberOf = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

describe('addresses', () => {
  it('are unique, and inside their network without its own and its broadcast address', () => {
    fc.assert(
      fc.property(
        anySubnet,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
        (cidr, counts) => {
          const net = subnet('test', cidr);
          fc.pre(counts.reduce((sum, count) => sum + count) <= capacity(net));
          const groups = Object.fromEntries(
            counts.map((count, at) => [`group${'abcd'[at]}`, hosts(count, { on: ['lan'] })]),
          );
          const addresses = lan({ networks: { lan: cidr }, hosts: groups }).hosts.map(({ legs }) => legs[0]!.address);
          expect(new Set(addresses).size).toBe(addresses.length);
          for (const address of addresses.map(numberOf)) {
            expect(address).toBeGreaterThan(net.first);
            expect(address).toBeLessThan(net.first + net.size - 1);
          }
        },
      ),
    );
  });

  it('overlap exactly when one network holds the other', () => {
    fc.assert(
      fc.property(anySubnet, anySubnet, (a, b) => {
        const [one, two] = [subnet('test', a), subnet('test', b)];
        const [small, large] = one.size < two.size ? [one, two] : [two, one];
        const holds = Math.floor(small.first / large.size) * large.size === large.first;
        expect(overlap(one, two)).toBe(holds);
        expect(overlap(two, one)).toBe(holds);
      }),
    );
  });

  it('of spares are nobody else’s, and come round when all of them have been used', () => {
    fc.assert(
      fc.property(anySubnet, fc.nat(50), fc.integer({ min: 1, max: 20 }), (cidr, inUse, index) => {
        const net = subnet('test', cidr);
        const spares = capacity(net) - inUse;
        fc.pre(spares > 0);
        const taken = Array.from({ length: inUse }, (_, at) => addressAt(net, at + 1));
        const spare = spareAddress(net, inUse, index);
        expect(taken).not.toContain(spare);
        expect(numberOf(spare) - net.first).toBeGreaterThan(0);
        expect(numberOf(spare)).toBeLessThan(net.first + net.size - 1);
        expect(spareAddress(net, inUse, index + spares)).toBe(spare);
        if (spares > 1) expect(spareAddress(net, inUse, index + 1)).not.toBe(spare);
      }),
    );
  });

  it('names that no network device can have are refused', () => {
    const make = () =>
      topology({
        name: 'long',
        networks: { backbone: network('10.1.0.0/24') },
        hosts: { bystanders: hosts(1, { on: ['backbone'] }) },
      });
    expect(make).toThrow(
      "topology long: expected names of a host and its network of at most 14 letters together, got 'bystanders1' and 'backbone' with 19",
    );
  });
});
