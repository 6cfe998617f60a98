import { describe, expect, it } from 'vitest';
import { resolvePlan } from '../../harness/experiment/plan.js';
import {
  all,
  at,
  experiment,
  exponential,
  type Fault,
  kill,
  named,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
} from '../../harness/index.js';
import { umlDockerSubject, umlSubject } from '../../harness/run/lab-subject.js';
import { dualHomed } from '../../topologies/dual-homed.js';

const planWith = (fault: Fault<'registrars' | 'elements'>) =>
  resolvePlan(
    experiment({
      name: 'test',
      topology: dualHomed({ registrars: 2, elements: 1, users: 1 }),
      deploy: () => ({
        registrars: registrar(),
        elements: poolElement(),
        users: poolUser({ requestInterval: exponential(s(15)) }),
      }),
      phases: { measure: s(60) },
      faults: [at(s(1), fault, { lasting: s(10) })],
    }),
  );

describe('a registrar whose power goes off', () => {
  const message =
    'test.faults.powerOff: expected registrars to be killed, isolated or frozen on uml+docker, ' +
    'where they cannot come back otherwise, got ';

  it.each([
    ['in a group', powerOff(all('registrars')), 'pr1'],
    ['by name', powerOff(named('pe1', 'pr2')), 'pr2'],
  ])('cannot come back in a container: %s', (_, fault, host) => {
    expect(() => umlDockerSubject.check(planWith(fault))).toThrow(message + host);
    expect(() => umlSubject.check(planWith(fault))).not.toThrow();
  });

  it('is no matter to elements, nor to other faults', () => {
    expect(() => umlDockerSubject.check(planWith(powerOff(all('elements'))))).not.toThrow();
    expect(() => umlDockerSubject.check(planWith(kill(all('registrars'))))).not.toThrow();
  });
});
