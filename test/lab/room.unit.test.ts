import { describe, expect, it } from 'vitest';
import { resolvePlan } from '../../harness/experiment/plan.js';
import {
  experiment,
  exponential,
  hosts,
  network,
  poolElement,
  poolUser,
  registrar,
  s,
  topology,
} from '../../harness/index.js';
import { checkMemory, checkPorts, checkRoutes, parseRoutes } from '../../harness/lab/room.js';

const planWith = (users: number) =>
  resolvePlan(
    experiment({
      name: 'test',
      topology: topology({
        name: 'lan',
        networks: { lan: network('10.1.0.0/16'), other: network('172.20.0.0/24') },
        hosts: {
          registrars: hosts(1, { on: ['lan'] }),
          elements: hosts(1, { on: ['lan', 'other'] }),
          users: hosts(users, { on: ['lan'] }),
        },
      }),
      deploy: () => ({
        registrars: registrar(),
        elements: poolElement(),
        users: poolUser({ requestInterval: exponential(s(15)) }),
      }),
      phases: { measure: s(60) },
    }),
  );
const refusal = (message: string) => expect.objectContaining({ code: 'bad-input', message });

describe('a bridge', () => {
  // Tried with Linux 6.18: the 1,024th device is refused with EXFULL.
  it('has ports for 1,023 hosts', () => {
    expect(() => checkPorts(planWith(1021), 'uml')).not.toThrow();
    expect(() => checkPorts(planWith(1022), 'uml')).toThrow(
      refusal(
        'test.topology: expected at most 1023 hosts on a network on uml, as many as a bridge has ports, ' +
          "got 1024 on 'lan'; --on sim takes more",
      ),
    );
  });
});

describe('memory', () => {
  const GiB = 2 ** 30;
  const need = { givenMiB: 30 * 1024, usedMiB: 15 * 1024 };

  it('is refused to a plan that needs more than there is', () => {
    expect(() => checkMemory(planWith(2), 'uml', need, { total: 24 * GiB, available: 20 * GiB })).toThrow(
      refusal(
        'test: expected a plan for the 24.0 GiB of memory that this machine has in all, ' +
          'got 4 hosts, which need 30.0 GiB on uml; take fewer hosts, or --on sim',
      ),
    );
  });

  it('is refused to a plan that would use more than others leave', () => {
    expect(() => checkMemory(planWith(2), 'uml', need, { total: 64 * GiB, available: 10 * GiB })).toThrow(
      /for the 10\.0 GiB of memory that this machine has left, got 4 hosts, which need 15\.0 GiB/,
    );
    expect(() => checkMemory(planWith(2), 'uml', need, { total: 64 * GiB, available: 16 * GiB })).not.toThrow();
  });

  it('of this machine holds a small plan', () =>
    expect(() => checkMemory(planWith(2), 'netns', { givenMiB: 0, usedMiB: 1 })).not.toThrow());
});

describe('the machine’s own routes', () => {
  // As Linux 6.18 prints it, with one more route.
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   ',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0   ',
    'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0   ',
    'docker0\t000014AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0   ',
    '',
  ].join('\n');

  it('are read backwards, byte by byte', () => {
    expect(parseRoutes(table).map(({ device, subnet }) => `${subnet.cidr} ${device}`)).toEqual([
      '0.0.0.0/0 eth0',
      '192.0.2.0/24 eth0',
      '172.20.0.0/16 docker0',
    ]);
  });

  it('are no networks of a lab on its kernel', () => {
    const routes = parseRoutes(table).slice(1);
    expect(() => checkRoutes(planWith(1), 'netns', routes)).toThrow(
      refusal(
        "test.topology: expected networks on netns that this machine has no route to, got 'other' (172.20.0.0/24), " +
          'and its route 172.20.0.0/16 dev docker0; describe another network, or take --on uml, where there are no routes',
      ),
    );
    expect(() => checkRoutes(planWith(1), 'docker', routes)).toThrow(/or take --on uml\+docker/);
    expect(() => checkRoutes(planWith(1), 'netns', routes.slice(0, 1))).not.toThrow();
  });
});
