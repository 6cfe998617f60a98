/**
 * How hosts' clocks stand to each other, from what the hosts said to each other: an answer is sent after its question
 * has arrived. That bounds the difference of two clocks from one side, answers of the other host bound it from the
 * other, and an answer of a kernel comes at once, so both bounds are close. Pure.
 */
import type { ClockReading } from './clocks.js';

/** A question and its answer, each with the time when it was sent by the clock of the host that sent it. */
export interface Dialogue {
  readonly asks: string;
  readonly answers: string;
  readonly askedAt: number;
  readonly answeredAt: number;
  /** Seconds that the question took on its way at the least. */
  readonly way: number;
}

export interface AlignedReading extends ClockReading {
  /** How far it may be from the other hosts' clocks, seconds. */
  readonly among: number;
}

/**
 * @param known of each host's clock, against ours
 * @returns offsets that no dialogue contradicts; null when there are none, as of clocks that did not run steadily
 */
export function alignClocks(
  known: ReadonlyMap<string, ClockReading>,
  dialogues: readonly Dialogue[],
): ReadonlyMap<string, AlignedReading> | null {
  const hosts = [...known.keys()];
  const bounds = boundsOf(hosts, known, dialogues);
  tighten(bounds);
  if (bounds.some((row, at) => row[at]! < -rounding * bounds.length)) return null;
  const among = hosts.map((_, at) => widest(bounds, at + 1));
  const uncertainties = hosts.map((_, at) => (bounds[0]![at + 1]! + bounds[at + 1]![0]!) / 2);
  const aligned = new Map<string, AlignedReading>();
  // One after the other, so that each suits those before it.
  for (const [at, host] of hosts.entries()) {
    const offset = (bounds[0]![at + 1]! - bounds[at + 1]![0]!) / 2;
    bounds[0]![at + 1] = offset;
    bounds[at + 1]![0] = -offset;
    tighten(bounds);
    aligned.set(host, { offset, uncertainty: uncertainties[at]!, among: among[at]! });
  }
  return aligned;
}

/** Seconds since the epoch, as numbers that have 53 bits, are no finer than this. */
const rounding = 1e-6;

/** In row i and column j: how far clock j is ahead of clock i at the most. Clock 0 is ours. */
function boundsOf(
  hosts: readonly string[],
  known: ReadonlyMap<string, ClockReading>,
  dialogues: readonly Dialogue[],
): number[][] {
  const size = hosts.length + 1;
  const bounds = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) => (row === column ? 0 : Number.POSITIVE_INFINITY)),
  );
  for (const [at, host] of hosts.entries()) {
    const { offset, uncertainty } = known.get(host)!;
    bounds[0]![at + 1] = offset + uncertainty;
    bounds[at + 1]![0] = uncertainty - offset;
  }
  for (const { asks, answers, askedAt, answeredAt, way } of dialogues) {
    const [row, column] = [hosts.indexOf(asks) + 1, hosts.indexOf(answers) + 1];
    bounds[row]![column] = Math.min(bounds[row]![column]!, answeredAt - askedAt - way + rounding);
  }
  return bounds;
}

/** What follows from two bounds is a bound (R. W. Floyd, Algorithm 97: Shortest path, Comm. ACM 5, 1962). */
function tighten(bounds: number[][]): void {
  for (const [middle, onward] of bounds.entries())
    for (const row of bounds)
      for (const [column, bound] of row.entries()) row[column] = Math.min(bound, row[middle]! + onward[column]!);
}

const widest = (bounds: readonly (readonly number[])[], at: number): number =>
  bounds.reduce((most, row, other) => (other === 0 ? most : Math.max(most, (row[at]! + bounds[at]![other]!) / 2)), 0);
