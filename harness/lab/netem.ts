import { labBroken } from '../base/errors.js';
import { toMilliseconds } from '../base/units.js';
import type { Impairment } from '../topology/impairment.js';

/** Gives a device this netem, whatever it had before; packets that wait in it go on waiting. */
export const netemCommands = (device: string, impairment: Impairment): string[][] => [
  // A table of delays stays with a queue for good, and uniform jitter is the absence of one: start anew.
  ...(hasNoTable(impairment) ? [['qdisc', 'replace', 'dev', device, 'root', 'pfifo']] : []),
  ['qdisc', 'replace', 'dev', device, 'root', 'netem', ...netemArguments(impairment)],
];

const hasNoTable = ({ jitter, jitterDistribution }: Impairment): boolean =>
  Boolean(jitter) && jitterDistribution === 'uniform';

/**
 * What follows `netem` on a `tc qdisc` command line; the queue is always sized on purpose. Corruption, reordering and
 * rate are named even when there is none: netem keeps what a change does not name.
 */
export function netemArguments(impairment: Impairment): string[] {
  const { delay, jitter, lossPercent, burstLoss, duplicatePercent, corruptPercent, reorderPercent, rateMbit } =
    impairment;
  return [
    // netem silently drops what exceeds its default of 1000 packets.
    ...['limit', String(impairment.queuePackets ?? defaultQueuePackets)],
    ...(delay === undefined ? [] : ['delay', milliseconds(delay)]),
    // Without a distribution netem draws jitter uniformly; with one, tc refuses a jitter of 0.
    ...(!jitter ? [] : [milliseconds(jitter), ...distributionArguments(impairment)]),
    ...(lossPercent === undefined ? [] : ['loss', `${lossPercent}%`]),
    ...(burstLoss === undefined ? [] : burstArguments(burstLoss)),
    ...(duplicatePercent === undefined ? [] : ['duplicate', `${duplicatePercent}%`]),
    // A queue that is changed keeps these three unless it is told otherwise.
    ...['corrupt', `${corruptPercent ?? 0}%`],
    ...['reorder', `${reorderPercent ?? 0}%`],
    ...['rate', rateMbit === undefined ? '0bit' : `${rateMbit}mbit`],
  ];
}

const distributionArguments = ({ jitterDistribution = 'normal' }: Impairment): string[] =>
  jitterDistribution === 'uniform' ? [] : ['distribution', jitterDistribution];

/** netem's words for Gilbert's and Elliott's model: p, r, 1−h and 1−k (tc-netem(8)). */
const burstArguments = (burst: NonNullable<Impairment['burstLoss']>): string[] => [
  ...['loss', 'gemodel', `${burst.toBadPercent}%`, `${burst.toGoodPercent}%`],
  ...[`${burst.badLossPercent}%`, `${burst.goodLossPercent}%`],
];

/** Ten thousand small messages a second for ten seconds of delay: far more than any pool here sends. */
export const defaultQueuePackets = 100_000;

const milliseconds = (duration: number): string => `${toMilliseconds(duration)}ms`;

/** The part of `tc -j qdisc show` that is about netem. */
export interface NetemOptions {
  limit?: number;
  delay?: { delay: number; jitter: number };
  'loss-random'?: { loss: number };
  'loss-gemodel'?: { p: number; r: number; '1-h': number; '1-k': number };
  duplicate?: { duplicate: number };
  corrupt?: { corrupt: number };
  reorder?: { reorder: number };
  gap?: number;
  rate?: { rate: number };
}

/**
 * Compares what the kernel says it does with what was asked for.
 * @returns the differences, each as `loss: asked 5, got 0`; none when all is as asked
 */
export function netemDifferences(asked: Impairment, got: NetemOptions): string[] {
  const burst = got['loss-gemodel'];
  const pairs: [string, number, number][] = [
    ['delay', asked.delay ?? 0, got.delay?.delay ?? 0],
    ['jitter', asked.jitter ?? 0, got.delay?.jitter ?? 0],
    ['loss', asked.lossPercent ?? 0, 100 * (got['loss-random']?.loss ?? 0)],
    ['loss to bad', asked.burstLoss?.toBadPercent ?? 0, 100 * (burst?.p ?? 0)],
    ['loss to good', asked.burstLoss?.toGoodPercent ?? 0, 100 * (burst?.r ?? 0)],
    ['loss while bad', asked.burstLoss?.badLossPercent ?? 0, 100 * (burst?.['1-h'] ?? 0)],
    ['loss while good', asked.burstLoss?.goodLossPercent ?? 0, 100 * (burst?.['1-k'] ?? 0)],
    ['duplicate', asked.duplicatePercent ?? 0, 100 * (got.duplicate?.duplicate ?? 0)],
    ['corrupt', asked.corruptPercent ?? 0, 100 * (got.corrupt?.corrupt ?? 0)],
    ['reorder', asked.reorderPercent ?? 0, got.gap === 0 ? 0 : 100 * (got.reorder?.reorder ?? 0)],
    // tc says bytes per second.
    ['rate', asked.rateMbit ?? 0, ((got.rate?.rate ?? 0) * 8) / 1e6],
    ['limit', asked.queuePackets ?? defaultQueuePackets, got.limit ?? 0],
  ];
  // Percentages are kept by the kernel as 32-bit fractions and printed rounded; delays in whole microseconds or finer;
  // rates in whole bytes per second.
  const grain = (name: string) => (name === 'rate' ? 8e-6 : 1e-6);
  return pairs
    .filter(([name, want, have]) => Math.abs(want - have) > grain(name) + 1e-4 * Math.abs(want))
    .map(([name, want, have]) => `${name}: asked ${want}, got ${have}`);
}

/** What `tc -s -j qdisc show` says of one device. */
export interface QdiscState {
  kind: string;
  dev: string;
  options: NetemOptions;
  packets?: number;
  drops?: number;
}

/** @throws HarnessError `lab-broken` when the device's netem is not what was asked for */
export function expectNetem(device: string, asked: Impairment, states: readonly QdiscState[]): void {
  const state = states.find(({ kind, dev }) => kind === 'netem' && dev === device);
  if (!state) throw labBroken(`${device} has no netem, although it was set`);
  const differences = netemDifferences(asked, state.options);
  if (differences.length > 0) throw labBroken(`netem on ${device} is not as asked: ${differences.join('; ')}`);
}
