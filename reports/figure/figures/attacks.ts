/** Attacks on a pool, which the paper has not: how fast the attackers are, and how many, with and without what protects. */
import { allOf, type Claim, difference, nameOf, type Question } from '../claim.js';
import type { FigureData, Where } from '../data.js';
import { type Figure, speedPanel, utilisationPanel } from '../figure.js';
import { meanOver, policies, speed } from './shared.js';

const axes = {
  rate: { name: 'rate', label: 'Attack rate of one attacker [1/s]', logarithmic: true },
  attackers: { name: 'attackers', label: 'Attackers, each with 1 attack per second [1]' },
} as const;
const fixed = { rate: { attackers: [1] }, attackers: { rate: [1] } } as const;
/** Where it is measured. */
const thin = {
  rate: { policy: ['LeastUsed', 'RoundRobin'], rate: [0.1, 1, 10] },
  attackers: { policy: ['LeastUsed', 'RoundRobin'], attackers: [1, 5, 10] },
} as const;
const place = 'expectation of the experiment';

interface Attack {
  readonly attack: string;
  /** Begins the figures' names. */
  readonly name: string;
  readonly title: string;
  readonly countermeasure: string;
  /** Policies whose handling speed it lowers. */
  readonly hurt: readonly string[];
}

const attacks: readonly Attack[] = [
  {
    ...{ attack: 'falseFailureReports', name: 'attack-reports', title: 'Elements reported as failed that are not' },
    ...{ countermeasure: 'limit on reports about one element [0.1/s]', hurt: policies },
  },
  {
    ...{ attack: 'handleResolutionFlood', name: 'attack-resolutions', title: 'A flood of handle resolutions' },
    ...{ countermeasure: 'limit on handle resolutions [5/s]', hurt: ['RoundRobin'] },
  },
  {
    ...{ attack: 'registrationFlood', name: 'attack-registrations', title: 'Elements registered that do not exist' },
    ...{ countermeasure: 'one failure report removes an element', hurt: ['LeastUsed', 'RoundRobin'] },
  },
];

/** Handling speed at an end of the axis. */
const at = (data: FigureData, x: keyof typeof axes, end: 'low' | 'high', where: Where) =>
  meanOver(data, speed, { ...where, [x]: data.numbersOf(x).at(end === 'low' ? 0 : -1)! });

const claimsOf = ({ hurt }: Attack, x: keyof typeof axes): Claim[] => [
  {
    text: `Without the countermeasure, ${x === 'rate' ? 'faster attacks' : 'more attackers'} slow the pool down.`,
    place,
    examine: allOf((data) =>
      hurt.map((policy): Question => {
        const where = { policy, countermeasure: 'off' };
        const sample = difference(at(data, x, 'high', where), at(data, x, 'low', where));
        return { what: `${nameOf(policy)}, from the lowest to the highest ${x}`, sample, below: 0 };
      }),
    ),
  },
  {
    text: `Against ${x === 'rate' ? 'the fastest attacker' : 'the most attackers'} the countermeasure helps.`,
    place,
    examine: allOf((data) =>
      hurt.map((policy): Question => {
        const speedWith = (countermeasure: string) => at(data, x, 'high', { policy, countermeasure });
        const sample = difference(speedWith('on'), speedWith('off'));
        return { what: `${nameOf(policy)}, with it − without it, at the highest ${x}`, sample, above: 0 };
      }),
    ),
  },
  {
    text: 'Where there is hardly an attack, the countermeasure costs less than a tenth of the handling speed.',
    place,
    examine: allOf((data) =>
      policies.map((policy): Question => {
        const speedWith = (countermeasure: string) => at(data, x, 'low', { policy, countermeasure });
        const sample = difference(speedWith('on'), speedWith('off'));
        return { what: `${nameOf(policy)}, with it − without it, at the lowest ${x}`, sample, above: -10 };
      }),
    ),
  },
];

const figureOf = (attack: Attack, x: keyof typeof axes): Figure => ({
  name: `${attack.name}-by-${x}`,
  title: `${attack.title}: ${x === 'rate' ? 'how fast' : 'how many attackers'}`,
  experiment: 'attack-rates',
  x: axes[x],
  curve: { name: 'countermeasure', label: attack.countermeasure },
  panels: [speedPanel, utilisationPanel],
  grid: { attack: [attack.attack], ...fixed[x] },
  quick: {},
  measured: {
    grid: thin[x],
    measure: 60,
    full: { policy: ['LeastUsed'], countermeasure: ['off'], rate: [1], attackers: [1] },
    departures: [],
  },
  claims: claimsOf(attack, x),
});

export const attackFigures: readonly Figure[] = attacks.flatMap((attack) => [
  figureOf(attack, 'rate'),
  figureOf(attack, 'attackers'),
]);
