/** Every fault of networks and CPUs, with the packets that are to show what it does. All on the way pu1 → pe1. */
import { resolvePlan } from '../../harness/experiment/plan.js';
import type { Fault } from '../../harness/fault/fault.js';
import {
  cpuStarve,
  cutPath,
  experiment,
  exponential,
  flap,
  impair,
  isolate,
  ms,
  named,
  partition,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
} from '../../harness/index.js';
import type { Impairment } from '../../harness/topology/impairment.js';
import { dualHomed } from '../../topologies/dual-homed.js';

export const plan = resolvePlan(
  experiment({
    name: 'faults',
    topology: dualHomed({ elements: 2, users: 1, delay: ms(10) }),
    deploy: () => ({
      registrars: registrar(),
      elements: poolElement(),
      users: poolUser({ requestInterval: exponential(1) }),
    }),
    phases: { measure: s(1) },
  }),
);

/** A train of echo requests, or a busy loop. */
export type Probe =
  | {
      from: string;
      to: string;
      network: 'red' | 'blue';
      count: number;
      /** Instead of the one that the host has now. */
      address?: string;
      /** Seconds; a lab kernel makes that 5 ms or more. */
      interval?: number;
      bytes?: number;
      /** So many are sent without waiting. */
      atOnce?: number;
      /** Seconds to wait for the last answer. */
      wait?: number;
    }
  | { spin: string; seconds: number };

export interface Scene {
  name: string;
  faults: (Fault & { host: string })[];
  during: Probe[];
  /** What is to be as before when all is healed, if it is not `whole`. */
  after?: Probe[];
  /** Tried again after each healing. */
  between?: boolean;
}

const train = (count: number, more: object = {}): Probe => ({ from: 'pu1', to: 'pe1', network: 'red', count, ...more });
/** Does anything get through? */
const salvo = (more: object = {}): Probe => train(20, { atOnce: 20, ...more });
const on = (host: string, fault: Fault<never>) => ({ ...fault, host });
const pe1 = named('pe1');

/** What a lab without faults lets through: everything. */
export const whole = [salvo(), salvo({ network: 'blue' })];

const blueToo = [salvo(), salvo({ network: 'blue' })];
const bothWays = [salvo(), salvo({ from: 'pe1', to: 'pu1' })];
const allPairs = [salvo(), salvo({ network: 'blue' }), salvo({ to: 'pe2' }), salvo({ from: 'pe1', to: 'pr1' })];

/** Sides with hosts, as a plan has them; pe2 is on none. */
const sides = [['pe1', 'pr1'], ['pu1']];
const parted = (network: string | null) => sides.flat().map((host) => on(host, partition(sides, { network })));

const worse = (name: string, impairment: object, count: number, more: object = {}, options: object = {}): Scene => ({
  name,
  faults: [on('pe1', impair(pe1, impairment as Impairment as never, { network: 'red', direction: 'in', ...options }))],
  during: [train(count, more)],
});

const jitter = (jitterDistribution: Impairment['jitterDistribution']) => {
  const impairment = { delay: ms(180), jitter: ms(40), jitterDistribution };
  return worse(`jitter ${jitterDistribution}`, impairment, 300, { wait: 1 }, { direction: 'out' });
};

export const scenes: Scene[] = [
  { name: 'isolate', faults: [on('pe1', isolate(pe1))], during: blueToo },
  { name: 'isolate in', faults: [on('pe1', isolate(pe1, { direction: 'in' }))], during: bothWays },
  { name: 'isolate out', faults: [on('pe1', isolate(pe1, { direction: 'out' }))], during: bothWays },
  { name: 'partition', faults: parted(null), during: allPairs },
  { name: 'cutPath', faults: [on('pe1', cutPath(pe1, 'red'))], during: blueToo },
  {
    name: 'flap',
    faults: [on('pe1', flap(pe1, { down: ms(300), up: ms(600), network: 'red' }))],
    during: [train(300, { interval: 0.01 })],
  },
  worse('delay', { delay: ms(30) }, 50, {}, { direction: 'both' }),
  worse('loss in', { lossPercent: 30 }, 300),
  worse('loss out', { lossPercent: 30 }, 300, {}, { direction: 'out' }),
  worse('rate out', { rateMbit: 1 }, 60, { bytes: 1000, atOnce: 60, wait: 1 }, { direction: 'out' }),
  {
    name: 'cpuStarve',
    faults: [on('pe1', cpuStarve(pe1, { share: 0.2 }))],
    during: [{ spin: 'pe1', seconds: 3 }],
    after: [{ spin: 'pe1', seconds: 1 }],
  },
  {
    name: 'together',
    faults: [
      on('pe1', isolate(pe1)),
      on('pe1', impair(pe1, { delay: ms(20) }, { network: 'red' })),
      on('pe1', isolate(pe1, { direction: 'out' })),
      on('pe1', cutPath(pe1, 'blue')),
    ],
    during: blueToo,
    between: true,
  },
  { name: 'partition red', faults: parted('red'), during: allPairs },
  jitter('uniform'),
  jitter('normal'),
  jitter('pareto'),
  jitter('paretonormal'),
  worse(
    'burst loss',
    { burstLoss: { toBadPercent: 3, toGoodPercent: 25, badLossPercent: 100, goodLossPercent: 0 } },
    1500,
    {
      interval: 0.002,
    },
  ),
  worse('duplication', { duplicatePercent: 20 }, 300),
  worse('reordering', { delay: ms(40), reorderPercent: 25 }, 300),
  worse('corruption in', { corruptPercent: 20 }, 300, { bytes: 1000 }),
  worse('corruption out', { corruptPercent: 20 }, 300, { bytes: 1000 }, { direction: 'out' }),
  worse('rate in', { rateMbit: 1 }, 60, { bytes: 1000, atOnce: 60, wait: 1 }),
  {
    name: 'reappear, same address',
    faults: [on('pe1', powerOff(pe1))],
    during: [salvo()],
  },
  {
    name: 'reappear, new address',
    faults: [on('pe1', powerOff(pe1, { reappear: 'new-address' }))],
    during: [salvo()],
  },
];
