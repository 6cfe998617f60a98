import { describe, expect, it } from 'vitest';
import { resolvePlan } from '../../harness/experiment/plan.js';
import {
  attacker,
  constant,
  experiment,
  hosts,
  network,
  poolElement,
  poolUser,
  registrar,
  s,
  topology,
} from '../../harness/index.js';

type Net = 'front' | 'back';
interface Places {
  registrars?: Net[];
  elements?: Net[];
  users?: Net[];
  attackers?: Net[];
  pool?: string;
}

const planOf = ({ registrars = ['back', 'front'], elements = ['back', 'front'], ...places }: Places) =>
  resolvePlan(
    experiment({
      name: 'test',
      topology: topology({
        name: 'two',
        networks: { front: network('10.1.0.0/24'), back: network('10.2.0.0/24') },
        hosts: {
          registrars: hosts(2, { on: registrars }),
          elements: hosts(2, { on: elements }),
          users: hosts(2, { on: places.users ?? ['front'] }),
          attackers: hosts(1, { on: places.attackers ?? ['front'] }),
        },
      }),
      deploy: () => ({
        registrars: registrar(),
        elements: poolElement(),
        users: poolUser({ requestInterval: constant(1), pool: places.pool ?? 'CalcAppPool' }),
        attackers: attacker({ attack: 'handleResolutionFlood', rate: 1 }),
      }),
      phases: { measure: s(1) },
    }),
  );

describe('hosts that have to talk need a network in common', () => {
  it('not all of their networks', () => expect(() => planOf({ users: ['front'] })).not.toThrow());

  it.each<[string, Places, string]>([
    [
      'users and registrars',
      { registrars: ['back'], users: ['front'] },
      'test.deploy: expected pu1 and pr1 to have a network in common, for there are no routers, got pu1 on front, pr1 on back',
    ],
    [
      'elements and registrars',
      { registrars: ['front'], elements: ['back'] },
      'test.deploy: expected pe1 and pr1 to have a network in common, for there are no routers, got pe1 on back, pr1 on front',
    ],
    [
      'users and the elements of their pool',
      { users: ['front'], elements: ['back'] },
      'test.deploy: expected pu1 and pe1 to have a network in common, for there are no routers, got pu1 on front, pe1 on back',
    ],
  ])('%s', (_, places, message) => {
    expect(() => planOf(places)).toThrow(expect.objectContaining({ code: 'bad-input', message }));
  });

  it('but users need none with the elements of another pool', () => {
    expect(() => planOf({ users: ['front'], elements: ['back'], pool: 'Other' })).not.toThrow();
  });

  it('registrars that differ in their networks', () => {
    const make = () =>
      resolvePlan(
        experiment({
          name: 'test',
          topology: topology({
            name: 'two',
            networks: { front: network('10.1.0.0/24'), back: network('10.2.0.0/24') },
            hosts: { left: hosts(1, { on: ['front'] }), right: hosts(1, { on: ['back'] }) },
          }),
          deploy: () => ({ left: registrar(), right: registrar() }),
          phases: { measure: s(1) },
        }),
      );
    expect(make).toThrow(/^test\.deploy: expected right1 and left1 to have a network in common/);
  });

  it('attackers need what they attack only', () => {
    expect(() => planOf({ registrars: ['back'], elements: ['back'], users: ['back'] })).not.toThrow();
  });
});
