/** Distributions of single observations: steps, quantiles, and how sure the latter are. */
import { quantileSorted } from 'simple-statistics';
import type { Random } from '../base/random.js';

/** The share `p` of the observations is at most `x`. */
export interface Step {
  readonly x: number;
  readonly p: number;
}

/**
 * The empirical distribution function, one step per distinct value.
 * @param atMost thins it to so many steps, evenly in `p`; the first and the last one stay
 */
export function ecdf(values: readonly number[], atMost = Number.POSITIVE_INFINITY): Step[] {
  const sorted = [...values].sort(ascending);
  const steps = sorted.flatMap((x, index) => (sorted[index + 1] === x ? [] : [{ x, p: (index + 1) / sorted.length }]));
  if (steps.length <= atMost) return steps;
  if (atMost < 2) return steps.slice(-1);
  const stride = (steps.length - 1) / (atMost - 1);
  return Array.from({ length: atMost }, (_, index) => steps[Math.round(index * stride)]!);
}

export interface QuantileEstimate {
  readonly p: number;
  readonly value: number;
  /** 95 % interval; null with one block only, or when hardly any observation lies beyond the quantile. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface BootstrapOptions {
  readonly random: Random;
  /** @defaultValue 0.95 */
  readonly confidence?: number;
  /** @defaultValue 1000 */
  readonly resamples?: number;
}

/**
 * Quantiles of all observations of all blocks, with percentile intervals from a bootstrap that draws whole blocks, e.g.
 * runs: what depends on each other stays together (A. C. Davison and D. V. Hinkley, Bootstrap Methods and their
 * Application, 1997, section 3.8, cluster resampling; B. Efron, Bootstrap methods: another look at the jackknife,
 * Annals of Statistics 7, 1979).
 * @param blocks observations by block, empty ones included: that a run had none belongs to the spread
 * @returns in the order of `ps`; nothing when there is no observation
 */
export function quantiles(
  blocks: readonly (readonly number[])[],
  ps: readonly number[],
  { random, confidence = 0.95, resamples = 1000 }: BootstrapOptions,
): QuantileEstimate[] {
  const all = blocks.flat().sort(ascending);
  if (all.length === 0) return [];
  const told = ps.filter((p) => blocks.length > 1 && all.length * Math.min(p, 1 - p) >= 1);
  const { sorted, owners } = pool(blocks);
  const drawn = new Map(told.map((p) => [p, [] as number[]]));
  for (let resample = 0; told.length > 0 && resample < resamples; resample++) {
    const times = drawBlocks(blocks.length, random);
    for (const [index, value] of weightedQuantiles(sorted, owners, times, told).entries()) {
      drawn.get(told[index]!)!.push(value);
    }
  }
  const tail = (1 - confidence) / 2;
  return ps.map((p) => {
    const sample = drawn.get(p)?.sort(ascending) ?? [];
    const at = (share: number) => (sample.length === 0 ? null : quantileSorted(sample, share));
    return { p, value: quantileSorted(all, p), low: at(tail), high: at(1 - tail) };
  });
}

/** Of more observations than this, intervals are drawn from every n-th of each block: that hardly moves them. */
const drawnMost = 20_000;

/** The observations in order, each with the number of its block. */
function pool(blocks: readonly (readonly number[])[]): { sorted: number[]; owners: number[] } {
  const stride = Math.ceil(blocks.reduce((sum, { length }) => sum + length, 0) / drawnMost);
  let place = 0;
  const pooled = blocks.flatMap((values, block) => {
    const kept = stride === 1 ? values : [...values].sort(ascending).filter(() => place++ % stride === 0);
    return kept.map((value) => ({ value, block }));
  });
  pooled.sort((a, b) => a.value - b.value);
  return { sorted: pooled.map(({ value }) => value), owners: pooled.map(({ block }) => block) };
}

/** How often each block is drawn when as many are drawn as there are. */
function drawBlocks(count: number, random: Random): Int32Array {
  const times = new Int32Array(count);
  for (let draw = 0; draw < count; draw++) times[random.below(count)]!++;
  return times;
}

/**
 * Quantiles of the observations repeated as often as their blocks were drawn, in one pass instead of a sort each time.
 * Same rule as `quantileSorted`: linear between the two observations next to the place (n − 1) p (type 7 of R. J.
 * Hyndman and Y. Fan, Sample quantiles in statistical packages, The American Statistician 50, 1996).
 */
function weightedQuantiles(
  sorted: readonly number[],
  owners: readonly number[],
  times: Int32Array,
  ps: readonly number[],
): number[] {
  const total = owners.reduce((sum, owner) => sum + times[owner]!, 0);
  if (total === 0) return [];
  const places = ps.map((p) => (total - 1) * p);
  const found = atRanks(
    sorted,
    owners,
    times,
    places.flatMap((place) => [Math.floor(place), Math.ceil(place)]),
  );
  return places.map((place, index) => {
    const [lower, upper] = [found[2 * index]!, found[2 * index + 1]!];
    return lower + (place % 1) * (upper - lower);
  });
}

/** The observations at these places of the repeated, sorted sample, counted from 0. */
function atRanks(
  sorted: readonly number[],
  owners: readonly number[],
  times: Int32Array,
  ranks: readonly number[],
): number[] {
  const order = ranks.map((rank, index) => ({ rank, index })).sort((a, b) => a.rank - b.rank);
  const found = new Array<number>(ranks.length);
  let [seen, next] = [0, 0];
  for (let at = 0; at < sorted.length && next < order.length; at++) {
    seen += times[owners[at]!]!;
    while (next < order.length && seen > order[next]!.rank) found[order[next++]!.index] = sorted[at]!;
  }
  return found;
}

const ascending = (a: number, b: number): number => a - b;
