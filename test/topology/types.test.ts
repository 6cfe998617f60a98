/**
 * Names flow from the topology into the types: what is marked below must not compile (`npm run types` fails on a mark
 * that marks nothing), and says the same at run time to those who write no types.
 */
import { expect, it } from 'vitest';
import { resolvePlan } from '../../harness/experiment/plan.js';
import {
  all,
  at,
  constant,
  cutPath,
  experiment,
  hosts,
  kill,
  named,
  network,
  poolElement,
  poolUser,
  registrar,
  s,
  topology,
} from '../../harness/index.js';
import { dualHomed } from '../../topologies/dual-homed.js';

const roles = {
  registrars: registrar(),
  elements: poolElement(),
  users: poolUser({ requestInterval: constant(1) }),
};
const common = { name: 'typed', topology: dualHomed(), phases: { measure: s(10) } };

it('accepts the groups of the topology', () => {
  const good = experiment({ ...common, deploy: () => roles, faults: [at(s(1), kill(all('elements')))] });
  expect(resolvePlan(good).faults).toHaveLength(1);
});

it('refuses a fault for an unknown host group and says which are known', () => {
  const bad = experiment({
    ...common,
    deploy: () => roles,
    // @ts-expect-error: the group is called elements
    faults: [at(s(1), kill(all('servers')))],
  });
  expect(() => resolvePlan(bad)).toThrow(
    "typed.faults.kill: expected one of the host groups registrars, elements, users, got 'servers'",
  );
});

it('refuses a role for an unknown host group and says which are known', () => {
  const bad = experiment({
    ...common,
    // @ts-expect-error: the group is called elements
    deploy: () => ({ registrars: roles.registrars, servers: roles.elements, users: roles.users }),
  });
  expect(() => resolvePlan(bad)).toThrow(
    "typed.deploy: expected one of the host groups registrars, elements, users, got 'servers'",
  );
});

it('refuses a host group without a role', () => {
  const bad = experiment({
    ...common,
    // @ts-expect-error: the users have no role
    deploy: () => ({ registrars: roles.registrars, elements: roles.elements }),
  });
  expect(() => resolvePlan(bad)).toThrow("typed.deploy: expected a role for the host group 'users', got none");
});

it('refuses a host on an unknown network and says which are known', () => {
  const networks = { red: network('10.1.0.0/24'), blue: network('10.2.0.0/24') };
  expect(() =>
    topology({
      name: 'typed',
      networks,
      hosts: {
        // @ts-expect-error: there is no green network
        elements: hosts(1, { on: ['green'] }),
      },
    }),
  ).toThrow("topology typed: expected one of the networks red, blue, got 'green'");
});

it('refuses a bare number for a duration, and an unknown varied name', () => {
  experiment({
    ...common,
    // @ts-expect-error: a number has no unit
    phases: { measure: 10 },
    deploy: () => roles,
  });
  experiment({
    ...common,
    vary: { keepAlive: [s(1)] },
    // @ts-expect-error: it is called keepAlive
    deploy: ({ interval }) => ({ ...roles, elements: poolElement({ keepAlive: interval }) }),
  });
});

it('says which hosts and networks there are', () => {
  const withFault = (fault: ReturnType<typeof kill<never>>) =>
    resolvePlan(experiment({ ...common, deploy: () => roles, faults: [at(s(1), fault)] }));
  expect(() => withFault(kill(named('pe9')))).toThrow(
    "typed.faults.kill: expected one of the hosts pr1, pe1, pe2, pe3, pu1, pu2, pu3, a host group or a network, got 'pe9'",
  );
  expect(() => withFault(cutPath(named('pe1'), 'green'))).toThrow(
    "typed.faults.cutPath: expected one of the networks red, blue, got 'green'",
  );
});
