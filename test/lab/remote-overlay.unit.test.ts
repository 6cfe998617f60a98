/** Tunnels between hosts of an inventory, as their kernels are told of them. */
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../harness/experiment/load.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { readInventory } from '../../harness/lab/remote/inventory.js';
import { cardsOf, networkLines, portsOf, tunnelsOf, waysFrom } from '../../harness/lab/remote/overlay/tunnels.js';
import { place } from '../../harness/lab/remote/placement.js';
import { readForOverlay } from '../../harness/lab/remote/survey.js';
import { remoteSubject } from '../../harness/run/remote-subject.js';

const { experiment } = await loadExperiment('test/lab/experiments/two-faults.ts');
const plan = resolvePlan(experiment);
const host = (last: number) => ({
  ssh: `lab@host${last}`,
  addresses: { red: `192.0.2.${last}`, blue: `198.51.100.${last}` },
});
const hosts = { registrars: [host(1)], elements: [host(2), host(3)], users: [host(4)] };
const inventoryWith = (changes: object) => readInventory('hosts', { way: 'overlay', hosts, ...changes });
const tunnels = tunnelsOf(plan, place(plan, inventoryWith({})), 47_600);

describe('tunnels', () => {
  it('are one for each pair of hosts and each network, between their real addresses there', () => {
    expect(tunnels).toHaveLength(12);
    const ends = tunnels
      .filter(({ network }) => network === 'red')
      .map(({ ends }) => ends.map(({ address }) => address));
    expect(new Set(ends.map((it) => it.join()))).toEqual(
      new Set([
        ...['192.0.2.1,192.0.2.2', '192.0.2.1,192.0.2.3', '192.0.2.1,192.0.2.4'],
        ...['192.0.2.2,192.0.2.3', '192.0.2.2,192.0.2.4', '192.0.2.3,192.0.2.4'],
      ]),
    );
  });

  it('have a port of their own at each end, so that several hosts may be on one machine', () => {
    const ports = tunnels.flatMap(({ ends }) => ends.map(({ port }) => port)).toSorted((a, b) => a - b);
    expect(ports).toEqual(Array.from({ length: portsOf(plan) }, (_, index) => 47_600 + index));
  });

  it('are the same to both of their kernels, the other way round', () => {
    const [{ session, ends, network }] = tunnels.filter(({ ends: [a, b] }) => a.host === 'pe1' && b.host === 'pu1') as [
      (typeof tunnels)[number],
    ];
    const [near, far] = ends;
    const cardWith = (name: string) => cardsOf(tunnels, name).find((it) => it.includes(`rx_session=${session},`))!;
    expect(network).toBe('red');
    expect(cardWith('pe1')).toMatch(
      new RegExp(`src=192.0.2.2,dst=192.0.2.4,srcport=${near.port},dstport=${far.port},rx_.*tx_session=${session}$`),
    );
    expect(cardWith('pu1')).toContain(`src=192.0.2.4,dst=192.0.2.2,srcport=${far.port},dstport=${near.port},`);
  });

  it('are joined for each network, without a way from one to another, under the address that the topology gives', () => {
    const pe1 = plan.hosts.find(({ name }) => name === 'pe1')!;
    const lines = networkLines(plan, pe1, tunnels);
    const cards = cardsOf(tunnels, 'pe1');
    const on = (bridge: string) =>
      lines.flatMap((line) => new RegExp(`^link set dev vec(\\d+) .* master ${bridge} up$`).exec(line)?.[1] ?? []);
    for (const [index, { network, address }] of pe1.legs.entries()) {
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^address add ${address}/\\d+ dev net${index}$`)));
      const own = tunnels.filter((it) => it.network === network && it.ends.some((end) => end.host === 'pe1'));
      expect(on(`net${index}`).map((card) => /rx_session=(\d+)/.exec(cards[Number(card)]!)![1])).toEqual(
        own.map(({ session }) => String(session)),
      );
    }
    expect(lines.filter((line) => line.endsWith('isolated on'))).toHaveLength(cards.length);
  });

  it('are told of by the addresses that a firewall sees', () => {
    expect(waysFrom(plan, tunnels, 'pr1').map(({ way }) => way)).toContainEqual(
      expect.stringMatching(/^from 192\.0\.2\.1:\d+ to pe1 at 192\.0\.2\.2:\d+ \(red, UDP\)$/),
    );
  });
});

describe('an inventory of an overlay', () => {
  it('gives all rights, whatever its users have', () => {
    expect([...place(plan, inventoryWith({})).values()].map(({ right }) => right)).toEqual(Array(4).fill('root'));
  });

  it('may have several hosts on one machine, and its loopback', () => {
    const here = { ssh: 'here', addresses: { red: '127.0.0.1', blue: '127.0.0.1' } };
    const content = inventoryWith({ hosts: { registrars: [here], elements: [here, here], users: [here] } });
    expect(new Set([...place(plan, content).values()].map(({ machine }) => machine)).size).toBe(4);
    expect(() => readInventory('hosts', { hosts: { users: [here] } })).toThrow(/expected an address that a host can/);
  });

  it.each([
    ['an unknown way', { way: 'vpn' }, /hosts\.way: expected one of native, overlay, got "vpn"/],
    ['a port for root alone', { firstPort: 22 }, /hosts\.firstPort: expected .*1024.*, got 22/],
    ['a folder that a shell would have to look up', { cache: '~/x' }, /hosts\.cache: expected a folder, seen from/],
    ['an option as a folder', { cache: '-x' }, /hosts\.cache: expected a folder/],
  ])('with %s is refused in one sentence', (_, changes, message) => {
    expect(() => inventoryWith(changes)).toThrow(message);
  });

  it('is refused for a plan with more tunnels than ports', () => {
    const { check } = remoteSubject(inventoryWith({ firstPort: 65_000 }), 'hosts.yaml');
    expect(() => check?.(plan)).not.toThrow();
    const many = Array.from({ length: 20 }, (_, at) => host(at + 10));
    const wide = resolvePlan(experiment);
    const crowd = {
      ...wide,
      hosts: [...wide.hosts, ...many.slice(4).map((_, at) => ({ ...wide.hosts.at(-1)!, name: `pu${at + 2}` }))],
    };
    const inventory = inventoryWith({ firstPort: 65_000, hosts: { ...hosts, users: many } });
    expect(() => remoteSubject(inventory, 'hosts.yaml').check?.(crowd)).toThrow(
      /expected a firstPort of at most \d+ for 20 hosts, got 65000/,
    );
  });
});

describe('what a host says of itself, for an overlay', () => {
  const complete = ['uid 1000', 'system debian', 'machine x86_64', 'libc glibc 2.36'];
  const programs = ['setsid', 'mktemp', 'mkfifo', 'gzip', 'ping'].map((it) => `has ${it}`);
  const said = (lines: readonly string[]) => [...lines, ...programs].join('\n');

  it('is enough without RSPLIB, SCTP and root', () => {
    expect(readForOverlay(said(complete))).toMatchObject({ missing: [], wanting: [], canCapture: true });
  });

  it.each([
    ['another processor', 'machine x86_64', 'machine aarch64', 'a processor of kind x86_64'],
    ['an older C library', 'libc glibc 2.36', 'libc glibc 2.4', 'glibc 2.34 or later'],
    ['another C library', 'libc glibc 2.36', 'libc ', 'glibc 2.34 or later'],
  ])('is not with %s', (_, line, instead, what) => {
    const { missing } = readForOverlay(said(complete.map((it) => (it === line ? instead : it))));
    expect(missing.map((it) => it.what)).toEqual([what]);
  });
});
