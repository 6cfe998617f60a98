import { z } from 'zod';
import { badInput } from '../base/errors.js';

const percent = z.number().min(0).max(100);

export const jitterDistributions = ['uniform', 'normal', 'pareto', 'paretonormal'] as const;

/**
 * Gilbert's and Elliott's model: a network is good or bad, and may change from packet to packet. It is bad for
 * 100/toGoodPercent packets on average, and a share of toBad/(toBad + toGood) of all packets meets it bad.
 */
const burstLossSchema = z.strictObject({
  /** Of the packets that find the network good, those after which it is bad. */
  toBadPercent: percent.positive(),
  /** Of the packets that find the network bad, those after which it is good again. */
  toGoodPercent: percent.positive(),
  /** Packets lost while it is bad. */
  badLossPercent: percent.default(100),
  /** Packets lost while it is good. */
  goodLossPercent: percent.default(0),
});

/**
 * What a network does to packets on their way from one host to another: one way, per direction. A delay of 10 ms
 * makes a round trip of 20 ms.
 */
export const impairmentSchema = z
  .strictObject({
    /** One-way delay. */
    delay: z.number().min(0).optional(),
    /** How far the delay varies around its mean; `jitterDistribution` says how. A delay never gets below nothing. */
    jitter: z.number().min(0).optional(),
    /**
     * `normal` when left out: the jitter is the standard deviation. `uniform`: within the mean ± jitter, a standard
     * deviation of jitter/√3. `pareto` and `paretonormal`: a long tail of late packets, up to four jitters; netem's
     * tables end there, which leaves a standard deviation of 0.82 and 0.83 jitters around a mean 0.03 jitters early.
     */
    jitterDistribution: z.enum(jitterDistributions).optional(),
    /** Packets lost, each independently. */
    lossPercent: percent.optional(),
    /** Losses in bursts. */
    burstLoss: burstLossSchema.optional(),
    duplicatePercent: percent.optional(),
    /** Packets with one flipped bit. */
    corruptPercent: percent.optional(),
    /** Packets sent at once, past those that wait out their delay. */
    reorderPercent: percent.optional(),
    rateMbit: z.number().positive().optional(),
    /** The most packets that wait in the emulated network; sized for the load when left out. */
    queuePackets: z.int().positive().optional(),
  })
  .refine((it) => it.jitter === undefined || (it.delay ?? 0) > 0, {
    message: 'expected a delay beside the jitter, got jitter alone',
    path: ['jitter'],
  })
  .refine((it) => it.reorderPercent === undefined || (it.delay ?? 0) > 0, {
    message: 'expected a delay beside the reordering, which lets packets overtake delayed ones, got none',
    path: ['reorderPercent'],
  })
  .refine((it) => it.jitterDistribution === undefined || it.jitter !== undefined, {
    message: 'expected a jitter beside its distribution, got none',
    path: ['jitterDistribution'],
  })
  .refine((it) => it.burstLoss === undefined || it.lossPercent === undefined, {
    message: 'expected either lossPercent or burstLoss, whose goodLossPercent is lost at all times, got both',
    path: ['burstLoss'],
  });

/** As it is asked for; `burstLoss` may leave out what has a default. */
export type ImpairmentInput = z.input<typeof impairmentSchema>;
export type Impairment = z.infer<typeof impairmentSchema>;

/**
 * What two stages do to a packet, one after the other, as one: delays add up, variances too, a packet gets through when
 * it gets through both, the slower rate counts, and the shorter queue. The jitter is distributed as the larger one.
 * @throws HarnessError `bad-input` when both lose packets in bursts, which no single stage can
 */
export function combined(a: Impairment, b: Impairment): Impairment {
  const jitter = either(a.jitter, b.jitter, Math.hypot);
  const shaping = (a.jitter ?? 0) >= (b.jitter ?? 0) ? a : b;
  return definedOnly({
    delay: either(a.delay, b.delay, (x, y) => x + y),
    jitter,
    jitterDistribution: jitter === undefined ? undefined : shaping.jitterDistribution,
    ...combinedLoss(a, b),
    duplicatePercent: either(a.duplicatePercent, b.duplicatePercent, oneOfBoth),
    corruptPercent: either(a.corruptPercent, b.corruptPercent, oneOfBoth),
    reorderPercent: either(a.reorderPercent, b.reorderPercent, oneOfBoth),
    rateMbit: either(a.rateMbit, b.rateMbit, Math.min),
    queuePackets: either(a.queuePackets, b.queuePackets, Math.min),
  });
}

function combinedLoss(a: Impairment, b: Impairment): Pick<Impairment, 'lossPercent' | 'burstLoss'> {
  if (a.burstLoss && b.burstLoss) throw badInput('impairment: expected burst losses at one place only, got two');
  const burst = a.burstLoss ?? b.burstLoss;
  const loss = either(a.lossPercent, b.lossPercent, oneOfBoth);
  if (!burst) return { lossPercent: loss };
  const also = (percent: number) => oneOfBoth(percent, loss ?? 0);
  const { badLossPercent, goodLossPercent } = burst;
  return {
    burstLoss: { ...burst, badLossPercent: also(badLossPercent), goodLossPercent: also(goodLossPercent) },
  };
}

/** Percent of packets to which at least one of two independent things happens. */
const oneOfBoth = (x: number, y: number): number => x + y - (x * y) / 100;

const either = (
  x: number | undefined,
  y: number | undefined,
  both: (x: number, y: number) => number,
): number | undefined => (x === undefined || y === undefined ? (x ?? y) : both(x, y));

const definedOnly = (impairment: Impairment): Impairment =>
  Object.fromEntries(Object.entries(impairment).filter(([, value]) => value !== undefined));
