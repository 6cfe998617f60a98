/** What the emulated network is asked to do to packets, the train that shows it, and what the train says. */
import { ms, s } from '../base/units.js';
import type { CalibrationLine } from '../result/calibration.js';
import { normalQuantile } from '../stats/interval.js';
import type { Impairment } from '../topology/impairment.js';
import { type Echoes, oneWayDelays, overtaking } from './echoes.js';
import { deviationLine, meanLine, quantileLine, rateLine, shareLine } from './line.js';
import type { Train, TrainShape } from './probe.js';

export interface Trial {
  readonly key: string;
  /** For people who wait. */
  readonly title: string;
  /** What is asked of the leg of the host that answers. */
  readonly impairment: Impairment;
  /** The way back is to be as bad. */
  readonly both?: boolean;
  readonly shape: TrainShape;
  /** About how long it takes. */
  readonly seconds: number;
  lines(train: Train, echoes: Echoes): CalibrationLine[];
}

/** How thorough a calibration is: the quick one sends fewer packets, and so tolerates more. */
export type Form = 'full' | 'quick';

export const trialsOf = (form: Form): Trial[] => [
  ...(form === 'full' ? [0, 1, 10, 100] : [0, 10, 100]).map((milliseconds) => delayTrial(milliseconds, form)),
  roundTripTrial(form),
  jitterTrial('normal', form),
  // After the normal one, whose table a queue may keep.
  ...(form === 'full' ? (['uniform', 'pareto', 'paretonormal'] as const).map((it) => jitterTrial(it, form)) : []),
  ...(form === 'full' ? [1, 5, 20] : [5, 20]).map((percent) => lossTrial(percent, form)),
  ...(form === 'full' ? [burstTrial()] : []),
  duplicateTrial(form),
  reorderTrial(form),
  corruptTrial(form),
  ...(form === 'full' ? [1, 10, 100] : [1, 100]).map((megabits) => rateTrial(megabits)),
];

/** Of means; a tenth of the one-way delay that experiments use. */
const delayTolerance = 1e-3;

function delayTrial(milliseconds: number, form: Form): Trial {
  const packets = form === 'full' ? 500 : 200;
  const asked = ms(milliseconds);
  const what = `one-way delay of ${milliseconds} ms`;
  return {
    key: `delay-${milliseconds}ms`,
    title: what,
    impairment: { delay: asked },
    shape: { packets, every: 0.005 },
    seconds: packets * 0.009,
    lines(_train, echoes) {
      const delays = oneWayDelays(echoes);
      const mean = { key: `delay-${milliseconds}ms`, what: `${what}, mean`, asked, tolerance: delayTolerance };
      const late = { key: `delay-${milliseconds}ms-p95`, what: `${what}, 95th percentile`, asked, tolerance: 2e-3 };
      return [meanLine(mean, 'seconds', delays), quantileLine(late, 'seconds', delays, 0.95)];
    },
  };
}

function roundTripTrial(form: Form): Trial {
  const packets = form === 'full' ? 500 : 200;
  const claim = { key: 'round-trip-20ms', what: 'round trip of twice 10 ms, mean', asked: ms(20), tolerance: 2e-3 };
  return {
    key: claim.key,
    title: 'round trip of twice 10 ms',
    impairment: { delay: ms(10) },
    both: true,
    shape: { packets, every: 0.005 },
    seconds: packets * 0.011,
    lines: ({ roundTrips }) => [meanLine(claim, 'seconds', roundTrips)],
  };
}

type Distribution = NonNullable<Impairment['jitterDistribution']>;

/**
 * In units of the jitter about the delay. The tables of netem's Pareto distributions end at four times the jitter,
 * which takes a fifth of their standard deviation; these are their own numbers.
 */
const shapes: Record<
  Distribution,
  { readonly deviation: number; readonly quantiles: Readonly<Record<number, number>> }
> = {
  normal: { deviation: 1, quantiles: { 0.05: normalQuantile(0.05), 0.5: 0, 0.95: normalQuantile(0.95) } },
  uniform: { deviation: 1 / Math.sqrt(3), quantiles: { 0.05: -0.9, 0.5: 0, 0.95: 0.9 } },
  pareto: { deviation: 0.82, quantiles: { 0.05: -0.644, 0.5: -0.32 } },
  paretonormal: { deviation: 0.834, quantiles: { 0.05: -0.894, 0.5: -0.24 } },
};

/** Around 50 ms, so that hardly any is cut off at nothing. */
function jitterTrial(jitterDistribution: Distribution, form: Form): Trial {
  const packets = form === 'full' ? 2000 : 800;
  const [delay, jitter] = [ms(50), ms(10)];
  const name = `50 ± 10 ms, ${jitterDistribution}`;
  const { deviation, quantiles } = shapes[jitterDistribution];
  const key = `jitter-${jitterDistribution}`;
  const tolerance = form === 'full' ? 1e-3 : 2e-3;
  return {
    key,
    title: `jitter of ${name}`,
    impairment: { delay, jitter, jitterDistribution },
    shape: { packets, every: 0.002 },
    seconds: packets * 0.005,
    lines(_train, echoes) {
      const delays = oneWayDelays(echoes);
      const spread = { key: `${key}-deviation`, what: `jitter of ${name}, standard deviation` };
      return [
        deviationLine({ ...spread, asked: jitter * deviation, tolerance }, 'seconds', delays),
        ...Object.entries(quantiles).map(([p, place]) => {
          const claim = { key: `${key}-p${100 * Number(p)}`, what: `delay of ${name}, ${100 * Number(p)} % quantile` };
          const asked = delay + jitter * place;
          return quantileLine({ ...claim, asked, tolerance: 2 * tolerance }, 'seconds', delays, Number(p));
        }),
      ];
    },
  };
}

function lossTrial(percent: number, form: Form): Trial {
  const packets = form === 'full' ? 10_000 : 3000;
  // The interval of the full form is half as wide as this or less.
  const tolerance = { 1: 0.5, 5: 1, 20: 2 }[percent]! * (form === 'full' ? 1 : 2);
  const claim = { key: `loss-${percent}%`, what: `loss of ${percent} %`, asked: percent, tolerance };
  return {
    key: claim.key,
    title: claim.what,
    impairment: { lossPercent: percent },
    shape: { packets, every: null, ahead: 20 },
    seconds: packets / 2500 + 1,
    lines: (_train, echoes) => [lostLine(claim, echoes)],
  };
}

/** Packets that were seen before the emulated network, and not after it. */
const lostLine = (claim: Parameters<typeof shareLine>[0], { requests, answers }: Echoes): CalibrationLine =>
  shareLine(claim, requests.size - new Set(answers.map(({ number }) => number)).size, requests.size);

/** Good for 200 packets on average, then bad for 10, all of which are lost: 1/21 of all. */
function burstTrial(): Trial {
  const packets = 40_000;
  const burstLoss = { toBadPercent: 0.5, toGoodPercent: 10, badLossPercent: 100, goodLossPercent: 0 };
  const claim = { key: 'burst-length', what: 'burst loss of 10 packets on average', asked: 10, tolerance: 3 };
  return {
    key: 'burst',
    title: 'loss in bursts',
    impairment: { burstLoss },
    shape: { packets, every: null, ahead: 20 },
    seconds: packets / 2500 + 1,
    lines(_train, { requests, answers }) {
      const arrived = new Set(answers.map(({ number }) => number));
      const bursts: number[] = [];
      let length = 0;
      for (const number of [...requests.keys()].sort((a, b) => a - b)) {
        if (!arrived.has(number)) length++;
        else if (length > 0) {
          bursts.push(length);
          length = 0;
        }
      }
      return [meanLine(claim, 'packets', bursts)];
    },
  };
}

function duplicateTrial(form: Form): Trial {
  const packets = form === 'full' ? 5000 : 1500;
  const claim = { key: 'duplication-10%', what: 'duplication of 10 %', asked: 10, tolerance: form === 'full' ? 2 : 4 };
  return {
    key: claim.key,
    title: claim.what,
    impairment: { duplicatePercent: 10 },
    shape: { packets, every: null, ahead: 20 },
    seconds: packets / 2500 + 1,
    lines: (_train, { requests, answers }) => [shareLine(claim, answers.length - requests.size, requests.size)],
  };
}

/** Past others that wait out 50 ms. */
function reorderTrial(form: Form): Trial {
  const packets = form === 'full' ? 2000 : 1000;
  const claim = { key: 'reordering-10%', what: 'reordering of 10 %', asked: 10, tolerance: form === 'full' ? 3.5 : 5 };
  return {
    key: claim.key,
    title: claim.what,
    impairment: { delay: ms(50), reorderPercent: 10 },
    shape: { packets, every: 0.002 },
    seconds: packets * 0.005,
    lines: (_train, echoes) => [shareLine(claim, overtaking(echoes), echoes.requests.size)],
  };
}

/** Large packets: a flipped bit of the sender's hardware address would harm nobody. */
function corruptTrial(form: Form): Trial {
  const packets = form === 'full' ? 5000 : 1500;
  const claim = { key: 'corruption-5%', what: 'corruption of 5 %', asked: 5, tolerance: form === 'full' ? 1.5 : 3 };
  return {
    key: claim.key,
    title: claim.what,
    impairment: { corruptPercent: 5 },
    shape: { packets, every: null, ahead: 10, bytes: 1400 },
    seconds: packets / 2500 + 1,
    lines: (_train, echoes) => [lostLine(claim, echoes)],
  };
}

const [ipHeader, ethernetHeader, icmpHeader, fragment] = [20, 14, 8, 1480];

/** On the wire, of an echo request or its answer: frames, and bits with all headers. */
export function onTheWire(bytes: number): { frames: number; bits: number } {
  const frames = Math.ceil((bytes + icmpHeader) / fragment);
  return { frames, bits: 8 * (bytes + icmpHeader + frames * (ipHeader + ethernetHeader)) };
}

/** More at once than the rate lets through, so that the gaps between answers are those of the rate. */
function rateTrial(megabits: number): Trial {
  // Fragments, at rates at which single packets could not be sent fast enough.
  const bytes = megabits > 10 ? 16_000 : 1472;
  const packets = megabits === 1 ? 100 : 400;
  const asked = megabits * 1e6;
  const { bits } = onTheWire(bytes);
  const claim = { key: `rate-${megabits}Mbit`, what: `rate of ${megabits} Mbit/s`, asked, tolerance: 0.05 * asked };
  return {
    key: claim.key,
    title: claim.what,
    impairment: { rateMbit: megabits },
    shape: { packets, every: null, ahead: packets, bytes },
    seconds: (packets * bits) / asked + s(1),
    lines: (_train, { answers }) => [
      rateLine(
        claim,
        bits,
        answers.slice(1).map(({ time }, at) => time - answers[at]!.time),
      ),
    ],
  };
}
