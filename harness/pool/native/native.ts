/** rsplab's own components, which speak the same protocols over the kernel's SCTP. */
import { fileURLToPath } from 'node:url';
import { badInput } from '../../base/errors.js';
import { type HostWith, hostsWith, type Plan } from '../../experiment/plan.js';
import { sharedLegs } from '../../experiment/reach.js';
import type { PoolElement, PoolUser, Registrar } from '../../experiment/role.js';
import { fileOf } from '../files.js';
import type { Implementation, Launch, Life, PoolHost } from '../implementation.js';
import { ownedElements, registeredIn, registrarIsReady } from '../rsplib/logs.js';
import { readEvents } from './peer/journal.js';
import type { ElementOrder, UserOrder } from './peer/order.js';
import type { RegistrarOrder } from './registrar/order.js';

/** Longest time that a registration can say: 32 bits of milliseconds. */
const longestRegistrationSeconds = 4_294_967;

/** MiB that the plan's components of our own take beyond what every host's do: a Node.js each. */
export const memoryOfNative = ({ hosts }: Pick<Plan, 'hosts'>): number =>
  60 * hosts.filter(({ role }) => role.kind !== 'attacker' && role.implementation === 'native').length;

export const native: Implementation = {
  name: 'native',
  checkHost,
  launch(plan, host, life) {
    const { role } = host;
    switch (role.kind) {
      case 'registrar':
        return launchOf('registrar/main', registrarOrder(plan, { ...host, role }, life));
      case 'poolElement':
        return launchOf('peer/element', elementOrder(plan, { ...host, role }, life));
      case 'poolUser':
        return launchOf('peer/user', userOrder(plan, { ...host, role }, life));
    }
  },
  // Told and used are the same text, which its program checks.
  readBack: () => ({ differing: [], unsaid: [] }),
  // A registrar of ours says it as RSPLIB's do, so that whoever reads the logs of a run need not know whose they are.
  registrarIsReady,
  registeredIn,
  isServed: (lines, before) =>
    readEvents(lines).reduce((served, { event }) => {
      if (event === 'accepted') return true;
      return event === 'completed' || event === 'givenUp' ? false : served;
    }, before),
  isWorking: (lines, before) =>
    readEvents(lines).reduce((working, it) => (it.event === 'jobs' ? it.running > 0 : working), before),
  ownedElements,
};

function checkHost(where: string, { role }: PoolHost): void {
  if (role.kind === 'poolElement' && role.registrationLife > longestRegistrationSeconds) {
    const expected = `at most ${longestRegistrationSeconds} s, the most that a registration can say`;
    throw badInput(`${where}.registrationLife: expected ${expected}, got ${role.registrationLife} s`);
  }
}

type Program = 'registrar/main' | 'peer/element' | 'peer/user';

const launchOf = (program: Program, order: RegistrarOrder | ElementOrder | UserOrder): Launch => ({
  command: [process.execPath, fileURLToPath(new URL(`./${program}.js`, import.meta.url)), JSON.stringify(order)],
  ofMachine: true,
});

function registrarOrder(plan: Plan, host: HostWith<Registrar>, life: Life): RegistrarOrder {
  const { name, role } = host;
  const others = hostsWith(plan, 'registrar').filter((peer) => peer.name !== name);
  return {
    ...{ name, role, identifier: life.identifier, seed: plan.seed, life: life.number, addresses: [...life.addresses] },
    peers: others.map((peer) => sharedLegs(host, peer).map(({ address }) => address)),
    announces: true,
    statistics: fileOf(name, life.number, 'stats'),
  };
}

export function elementOrder(plan: Plan, host: HostWith<PoolElement>, { identifier, addresses }: Life): ElementOrder {
  const { name, role } = host;
  return { name, identifier, role, addresses: [...addresses], registrars: registrarsOf(plan, host) };
}

export function userOrder(plan: Plan, host: HostWith<PoolUser>, { number, addresses }: Life): UserOrder {
  const { name, role, legs } = host;
  const { settle, warmUp, measure, drain } = plan.phases;
  return {
    ...{ name, role, addresses: [...addresses], registrars: registrarsOf(plan, host) },
    ...{ seed: plan.seed, life: number, runSeconds: settle + warmUp + measure + drain + 300 },
    networks: legs.map(({ network }) => plan.topology.networks[network]!.cidr),
  };
}

/** @see checkReach which saw to it that each has an address on a network of the host's */
const registrarsOf = (plan: Plan, host: PoolHost): string[][] =>
  hostsWith(plan, 'registrar').map((registrar) => sharedLegs(host, registrar).map(({ address }) => address));
