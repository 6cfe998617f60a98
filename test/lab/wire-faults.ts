/** What the scenes must show, on any lab: each fault by real packets while it lasts, and nothing of it afterwards. */
import { mean, median, quantile } from 'simple-statistics';
import { expect } from 'vitest';
import type { CaptureReport } from '../../harness/lab/lab.js';

/** What a train met; an answer is its number, round trip in seconds, whether it is a copy, and when it came. */
export interface Train {
  sent: number;
  answers: [sequence: number, seconds: number, copy: 0 | 1, at: number][];
  /** Requests that the other host's kernel took, and answers that the sender's did. */
  there: number;
  back: number;
  /** Messages with a wrong checksum. */
  corrupt: { there: number; back: number };
  /** Of a CPU, for busy loops. */
  share: number;
}

export interface Told {
  evidence: string[];
  during: Train[][];
  after: Train[];
  healed: string[];
  addresses: string[];
}

export interface Answer {
  scenes: Record<string, Told>;
  whole: Train[];
  before: unknown;
  after: unknown;
  broken: string[];
  capture: CaptureReport;
  troubles: string[];
}

/** Everything arrives, without faults. */
export const isWhole = (train: Train): boolean =>
  train.share > 0.8 || (train.there === train.sent && train.back === train.sent);

export const through = (trains: readonly Train[] | undefined): string[] =>
  (trains ?? []).map(({ sent, there, back }) => `${there / sent}, ${back / sent}`);
const [all, none, onlyThere] = ['1, 1', '0, 0', '1, 0'];

/** Four standard deviations of a count of n things that happen with probability p. */
const wide = (n: number, p: number): number => 4 * Math.sqrt(n * p * (1 - p));
const roundTrips = ({ answers }: Train): number[] => answers.map(([, seconds]) => seconds);
/** Round trip without faults: twice 10 ms. */
const base = 0.02;

/** What each scene must have shown. */
export const proofs: Record<string, (told: Told) => void> = {
  isolate: ({ during }) => expect(through(during[0])).toEqual([none, none]),
  'isolate in': ({ during }) => expect(through(during[0])).toEqual([none, onlyThere]),
  'isolate out': ({ during }) => expect(through(during[0])).toEqual([onlyThere, none]),
  partition: ({ during }) => expect(through(during[0])).toEqual([none, none, all, all]),
  'partition red': ({ during }) => expect(through(during[0])).toEqual([none, all, all, all]),
  cutPath: ({ during }) => expect(through(during[0])).toEqual([none, all]),

  flap: ({ during, healed }) => {
    const [train] = during[0]!;
    const times = train!.answers.map(([, , , at]) => at);
    const silent = times
      .slice(1)
      .flatMap((at, index) => (at - times[index]! > 0.2 ? [[times[index]!, at] as const] : []));
    // Three seconds and more at one cycle a second, of which the first is halfway over when the train begins.
    expect(silent.length).toBeGreaterThanOrEqual(2);
    // Down for 0.4 s, less or more by what a command takes on a busy machine; the cycle keeps to the clock.
    expect(Math.abs(median(silent.map(([from, to]) => to - from)) - 0.4)).toBeLessThan(0.15);
    const cycles = silent.slice(1).map(([from], index) => from - silent[index]![0]);
    expect(Math.abs(median(cycles) - 1)).toBeLessThan(0.15);
    expect(healed[0]).toMatch(/^its links were down [3-9] times$/);
  },
  delay: ({ during }) => {
    // 30 ms more each way.
    expect(Math.abs(median(roundTrips(during[0]![0]!)) - base - 0.06)).toBeLessThan(0.002);
  },
  'loss in': ({ during }) => {
    const { sent, there, back } = during[0]![0]!;
    expect(Math.abs(there - 0.7 * sent)).toBeLessThan(wide(sent, 0.3));
    expect(back).toBe(there);
  },
  'loss out': ({ during }) => {
    const { sent, there, back } = during[0]![0]!;
    expect(there).toBe(sent);
    expect(Math.abs(back - 0.7 * sent)).toBeLessThan(wide(sent, 0.3));
  },
  'rate out': ({ during }) => expectRate(during[0]![0]!),
  'rate in': ({ during }) => expectRate(during[0]![0]!),
  cpuStarve: ({ during }) => {
    // Thirty periods of a tenth of a second, of which one may be cut at either end.
    expect(Math.abs(during[0]![0]!.share - 0.2)).toBeLessThan(0.03);
  },
  together: ({ during }) => {
    // All of them; without the isolation; without the impairment; without the one-way isolation, the cut path alone.
    expect(during.map(through)).toEqual([
      [none, none],
      [onlyThere, none],
      [onlyThere, none],
      [all, none],
    ]);
  },

  'jitter uniform': ({ during }) => expectQuantiles(during[0]![0]!, [-0.8, 0, 0.8]),
  'jitter normal': ({ during }) => expectQuantiles(during[0]![0]!, [-1.2816, 0, 1.2816]),
  // Of netem's tables.
  'jitter pareto': ({ during }) => expectQuantiles(during[0]![0]!, [-0.619, -0.32, 0.872]),
  'jitter paretonormal': ({ during }) => expectQuantiles(during[0]![0]!, [-0.785, -0.24, 0.974]),

  'burst loss': ({ during }) => {
    const { sent, answers } = during[0]![0]!;
    const seen = new Set(answers.map(([sequence]) => sequence));
    const bursts: number[] = [];
    for (let at = 1; at <= sent; at++) {
      if (seen.has(at)) continue;
      if (at > 1 && !seen.has(at - 1) && bursts.length > 0) bursts.push(bursts.pop()! + 1);
      else bursts.push(1);
    }
    // Geometric: leaving with probability 0.25, so 4 on average with a standard deviation of √0.75/0.25 = 3.46. Losses
    // that are independent of each other come 1.1 in a row.
    expect(Math.abs(mean(bursts) - 4)).toBeLessThan((4 * 3.46) / Math.sqrt(bursts.length));
    expect(mean(bursts)).toBeGreaterThan(2);
    // A cycle is 1/0.03 + 1/0.25 = 37.3 packets with a standard deviation of 33.
    const cycles = sent / 37.3;
    expect(Math.abs(bursts.length - cycles)).toBeLessThan(4 * Math.sqrt(cycles) * (33 / 37.3) + 1);
  },
  duplication: ({ during }) => {
    const { sent, there, answers } = during[0]![0]!;
    expect(Math.abs(there - 1.2 * sent)).toBeLessThan(wide(sent, 0.2));
    expect(answers.filter(([, , copy]) => copy === 1).length).toBeGreaterThan(0);
  },
  reordering: ({ during }) => {
    const { sent, answers } = during[0]![0]!;
    // One in four skips the delays on its way there, 10 ms and 40 ms more.
    const early = answers.filter(([, seconds]) => seconds < base + 0.02).length;
    expect(answers).toHaveLength(sent);
    expect(Math.abs(early - 0.25 * sent)).toBeLessThan(wide(sent, 0.25));
    const overtaken = answers.filter(([sequence], at) => at > 0 && sequence < answers[at - 1]![0]);
    expect(overtaken.length).toBeGreaterThan(sent / 20);
  },
  'corruption in': ({ during }) => {
    const { sent, there, corrupt } = during[0]![0]!;
    expectCorruption(sent, corrupt.there);
    expect(corrupt.back).toBe(0);
    expect(there).toBeLessThanOrEqual(sent - corrupt.there);
  },
  'corruption out': ({ during }) => {
    const { sent, there, corrupt } = during[0]![0]!;
    expectCorruption(sent, corrupt.back);
    expect(corrupt.there).toBe(0);
    expect(there).toBe(sent);
  },

  'reappear, same address': ({ during, addresses }) => {
    expect(through(during[0])).toEqual([none]);
    expect(addresses).toEqual(['10.1.0.2', '10.2.0.2']);
  },
  // That `whole` holds afterwards shows that the new one can be reached.
  'reappear, new address': ({ during, addresses }) => {
    expect(through(during[0])).toEqual([none]);
    expect(addresses).toEqual(['10.1.255.254', '10.2.255.254']);
  },
};

/** One flipped bit in a frame of 1042 bytes with probability 0.2; 1008 of them are under ICMP's checksum. */
function expectCorruption(sent: number, found: number): void {
  const p = (0.2 * 1008) / 1042;
  expect(Math.abs(found - p * sent)).toBeLessThan(wide(sent, p));
}

/** Frames of 1042 bytes, sent at once, come out at 1 Mbit/s. */
function expectRate({ sent, answers }: Train): void {
  expect(answers).toHaveLength(sent);
  const times = answers.map(([, , , at]) => at).sort((a, b) => a - b);
  const bytesPerSecond = ((sent - 1) * 1042) / (times.at(-1)! - times[0]!);
  expect(Math.abs(bytesPerSecond / 125_000 - 1)).toBeLessThan(0.05);
}

/** First, fifth and ninth decile of a delay that varies by 40 ms around 180 ms more than without. */
function expectQuantiles(train: Train, expected: readonly [number, number, number]): void {
  const jitters = roundTrips(train).map((seconds) => (seconds - base - 0.18) / 0.04);
  expect(jitters).toHaveLength(train.sent);
  for (const [at, p] of [0.1, 0.5, 0.9].entries()) {
    // The share of samples below a quantile is binomial; a busy machine's 4 ms at most come on top.
    const [low, high] = [-1, 1].map((sign) => p + (sign * wide(jitters.length, p)) / jitters.length) as [
      number,
      number,
    ];
    expect(quantile(jitters, Math.max(0, low))).toBeLessThan(expected[at]! + 0.1);
    expect(quantile(jitters, Math.min(1, high))).toBeGreaterThan(expected[at]! - 0.02);
  }
}
