/** Registrars that die: how long until another one has taken over, until elements have a home again, users an answer. */
import { allOf, type Claim, difference, type Question } from '../claim.js';
import type { FigureData, Where } from '../data.js';
import type { Figure, Panel } from '../figure.js';
import { meanOver } from './shared.js';

const takenOver = 'registrar_taken_over_s';
const rehomed = 'elements_rehomed_s';
const resolved = 'resolution_in_outage_s';
const place = 'expectation of the experiment';

const panels: readonly Panel[] = [
  { name: 'taken-over', metric: takenOver, label: 'Fault until takeover [s]', atLeast: 1 },
  { name: 're-homed', metric: rehomed, label: 'Fault until an element is at home again [s]', atLeast: 1 },
  { name: 'resolution', metric: resolved, label: 'Handle resolution meanwhile [s]', atLeast: 0.1 },
];

const axes = {
  registrars: { name: 'registrars', label: 'Registrars [1]' },
  patience: { name: 'patience', label: 'Patience: peerMaxTimeLastHeard, and peerMaxTimeNoResponse, each [s]' },
} as const;
const fixed = { registrars: { patience: [2] }, patience: { registrars: [3] } } as const;
const faults = ['kill', 'powerOff'] as const;

const end = (data: FigureData, metric: string, x: keyof typeof axes, which: 0 | -1, where: Where) =>
  meanOver(data, metric, { ...where, [x]: data.numbersOf(x).at(which)! });

const ofEachFault = (question: (data: FigureData, fault: string) => Question) =>
  allOf((data) => faults.map((fault) => question(data, fault)));

/** After a kill, elements find another home by themselves: nothing is left to be taken over. */
const silent = { fault: 'powerOff' };

const byRegistrars: Claim = {
  text: 'More registrars take over no sooner and no later.',
  place,
  examine: allOf((data) => {
    const [few, many] = ([0, -1] as const).map((which) => end(data, takenOver, 'registrars', which, silent));
    const what = 'After a power-off, from the fewest to the most registrars';
    return [{ what, sample: difference(many!, few!), above: -1, below: 1, unit: 's' }];
  }),
};

const byPatience: Claim = {
  text: 'More patience means a later takeover.',
  place,
  examine: allOf((data) => {
    const [short, long] = ([0, -1] as const).map((which) => end(data, takenOver, 'patience', which, silent));
    const what = 'After a power-off, from the least to the most patience';
    return [{ what, sample: difference(long!, short!), above: 0, unit: 's' }];
  }),
};

const usersDoNotWait: Claim = {
  text: 'Users have an answer before elements have a home again.',
  place,
  examine: ofEachFault((data, fault) => ({
    what: `${fault}, re-homing − resolution`,
    sample: difference(meanOver(data, rehomed, { fault }), meanOver(data, resolved, { fault })),
    above: 0,
    unit: 's',
  })),
};

const figureOf = (x: keyof typeof axes, claims: readonly Claim[]): Figure => ({
  name: `takeover-by-${x}`,
  title: `A registrar dies: by ${x === 'registrars' ? 'the number of registrars' : 'the patience of its peers'}`,
  experiment: 'takeover-times',
  x: axes[x],
  curve: { name: 'fault', label: 'what befalls the registrar' },
  panels,
  grid: fixed[x],
  quick: {},
  measured: {
    grid: {},
    scale: 1,
    measure: 32,
    full: { fault: ['kill'], registrars: [3], patience: [2] },
    departures: [],
  },
  claims,
});

export const takeoverFigures: readonly Figure[] = [
  figureOf('registrars', [byRegistrars, usersDoNotWait]),
  figureOf('patience', [byPatience, usersDoNotWait]),
];
