import { describe, expect, it } from 'vitest';
import { firstStrike } from '../../harness/experiment/attacker.js';
import { hostsWith, resolvePlan } from '../../harness/experiment/plan.js';
import type { ScheduledFault } from '../../harness/fault/schedule.js';
import { at } from '../../harness/fault/schedule.js';
import {
  attacker,
  experiment,
  hosts,
  kill,
  named,
  network,
  poolElement,
  registrar,
  s,
  topology,
} from '../../harness/index.js';
import { checkAttackers } from '../../harness/pool/native/attackers.js';
import { checkOrder, type Order } from '../../harness/pool/native/order.js';
import { checkRepresentable } from '../../harness/sim/representable.js';

type Options = Parameters<typeof attacker>[0];

const planWith = (
  options: Partial<Options> = {},
  on: ('red' | 'blue')[] = ['red'],
  faults: ScheduledFault[] = [],
  attackers = 1,
) =>
  resolvePlan(
    experiment({
      name: 'under-attack',
      topology: topology({
        name: 't',
        networks: { red: network('10.1.0.0/24'), blue: network('10.2.0.0/24') },
        hosts: {
          registrars: hosts(1, { on: ['red'] }),
          elements: hosts(1, { on: ['red'] }),
          attackers: hosts(attackers, { on }),
        },
      }),
      deploy: () => ({
        registrars: registrar(),
        elements: poolElement(),
        attackers: attacker({ attack: 'falseFailureReports', rate: 10, ...options }),
      }),
      phases: { measure: s(60) },
      faults: faults as never,
    }),
  );

describe('attackers of a plan', () => {
  it('are called at1, at2, …, with all choices made', () => {
    expect(planWith().hosts.at(-1)).toMatchObject({
      name: 'at1',
      role: { kind: 'attacker', pool: 'CalcAppPool', start: 0, lasting: null, fakeElements: 10, associations: 1 },
    });
    expect(() => checkAttackers(planWith())).not.toThrow();
  });

  it.each([
    ['a rate beyond the bound', { rate: 10_001 }, 'attacker.rate: expected at most 10000, got 10001'],
    ['a time beyond the bound', { lasting: s(601) }, 'attacker.lasting: expected at most 600, got 601'],
    ['an unknown attack', { attack: 'ping' as never }, 'attacker.attack: expected one of falseFailureReports, '],
  ])('with %s are refused', (_, options, message) => {
    expect(() => planWith(options)).toThrow(message);
  });

  it.each([
    [
      'another pool than there is',
      planWith({ pool: 'X' }),
      "under-attack.at1.pool: expected one of CalcAppPool, got 'X'",
    ],
    ['a start after the measurement', planWith({ start: s(61) }), 'got a start at 61 s'],
    ['no registrar in reach', planWith({}, ['blue']), 'expected a registrar on one of its networks, got none'],
    [
      'faults of their own',
      planWith({}, ['red'], [at(s(1), kill(named('at1')))]),
      'under-attack.faults.kill: expected no attacker as target, got at1',
    ],
  ])('with %s are refused by labs', (_, plan, message) => {
    expect(() => checkAttackers(plan)).toThrow(message);
  });

  it('take turns: each strikes at its own rate, all of them at equal distances', () => {
    const plan = planWith({}, ['red'], [], 4);
    expect(hostsWith(plan, 'attacker').map((host) => firstStrike(plan.hosts, host))).toEqual([0, 0.025, 0.05, 0.075]);
  });

  it('are nothing that RSPSIM knows; the model of a deployment does', () => {
    expect(() => checkRepresentable(planWith())).not.toThrow();
    expect(() => checkRepresentable({ ...planWith(), model: 'rspsim' })).toThrow(
      "under-attack: the model 'rspsim' knows no attackers, got at1 (falseFailureReports)",
    );
  });
});

describe('an attacker’s process', () => {
  const order: Order = {
    ...{
      attack: 'handleResolutionFlood',
      target: 'registrars',
      seed: 1,
      pool: 'P',
      rate: 10,
      beginAt: 1,
      seconds: 10,
      fakeElements: 1,
      associations: 1,
    },
    ...{ firstIdentifier: 0, addresses: ['10.1.0.8'], port: 4711, registrar: { address: '10.1.0.1', port: 3863 } },
    networks: ['10.1.0.0/24', '10.2.0.0/24'],
  };
  const lab = { inMachinesNetwork: false, addresses: ['10.1.0.8', '10.2.0.8'], gateways: ['10.2.0.254'] };

  it('works on a host of a lab', () => {
    expect(checkOrder(order, lab)).toEqual(order);
  });

  it.each([
    ['outside of a network of its own', order, { ...lab, inMachinesNetwork: true }, 'the one of the machine'],
    ['where it cannot tell', order, { ...lab, inMachinesNetwork: null }, 'got one of which it cannot tell'],
    ['with a way out', order, { ...lab, gateways: ['192.0.2.254'] }, 'got one with a route by 192.0.2.254'],
    ['on a host with other addresses', order, { ...lab, addresses: ['10.1.0.8', '192.0.2.1'] }, 'got 192.0.2.1'],
    ['under another host’s address', { ...order, addresses: ['10.1.0.9'] }, lab, 'got 10.1.0.9'],
    ['on a registrar elsewhere', { ...order, registrar: { address: '192.0.2.1', port: 1 } }, lab, 'got 192.0.2.1'],
    [
      'on a registrar in a network without a leg',
      { ...order, registrar: { address: '10.2.0.1', port: 1 } },
      lab,
      '10.2.0.1',
    ],
    ['faster than the bound', { ...order, rate: 10_001 }, lab, 'attacker.rate: expected at most 10000, got 10001'],
    ['longer than the bound', { ...order, seconds: 601 }, lab, 'attacker.seconds: expected at most 600, got 601'],
  ])('refuses to work %s', (_, input, surroundings, message) => {
    expect(() => checkOrder(input, surroundings)).toThrow(message);
  });
});
