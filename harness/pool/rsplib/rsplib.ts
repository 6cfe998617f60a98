/** RSPLIB, the reference implementation: rspregistrar, rspserver with CalcApp, calcappclient. */
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import type { PoolElement, PoolUser, Registrar } from '../../experiment/role.js';
import type { Implementation, Life, PoolHost } from '../implementation.js';
import { isServed, isWorking } from './at-work.js';
import { readBack } from './banner.js';
import { elementCommand, registrarCommand, userCommand } from './commands.js';
import { checkHost } from './limits.js';
import { ownedElements, registeredIn, registrarIsReady } from './logs.js';

export const rsplib: Implementation = {
  name: 'rsplib',
  checkHost,
  launch: (plan, host, life) => ({
    command: commandOf(plan, host, life),
    // Registrars and elements hold back what they say at their start, among it the parameters that they use, until they
    // have said more or end, and after a kill nobody gets it. Users hold back nothing.
    wrapper: host.role.kind === 'poolUser' ? [] : ['stdbuf', '--output=L'],
  }),
  readBack,
  registrarIsReady,
  registeredIn,
  isServed,
  isWorking,
  ownedElements,
};

function commandOf(plan: Plan, host: PoolHost, { number, identifier, addresses }: Life): string[] {
  switch (host.role.kind) {
    case 'registrar':
      return registrarCommand(plan, host as PlannedHost & { role: Registrar }, identifier, number);
    case 'poolElement':
      return elementCommand(plan, host as PlannedHost & { role: PoolElement }, addresses, identifier, number);
    case 'poolUser':
      return userCommand(plan, host as PlannedHost & { role: PoolUser }, longestRun(plan), number);
  }
}

const longestRun = ({ phases: { settle, warmUp, measure, drain } }: Plan): number =>
  settle + warmUp + measure + drain + 300;
