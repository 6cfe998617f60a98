/** From the lab's capture to trains of echo requests and their answers. */
import { tsharkLines } from '../measure/tshark.js';

/** What the capture saw of one train. Times are seconds since the epoch of the lab's clock. */
export interface Echoes {
  /** When each request entered the emulated network, by its number. */
  readonly requests: ReadonlyMap<number, number>;
  /** As they came out of the other host; one number twice where its request was duplicated. */
  readonly answers: readonly { readonly number: number; readonly time: number }[];
}

export interface Sightings {
  readonly trains: ReadonlyMap<number, Echoes>;
  /** When each frame of any train was seen, fragments included. */
  readonly frames: readonly number[];
}

const columns = ['frame.time_epoch', 'icmp.type', 'icmp.ident', 'icmp.seq'];
const [request, answer] = ['8', '0'];

/** @throws HarnessError `lab-broken` when the capture cannot be read */
export async function readEchoes(capture: string): Promise<Sightings> {
  const args = [
    ...['-n', '-r', capture, '-Y', 'ip.proto == 1', '-T', 'fields', '-E', 'occurrence=f', '-E', 'separator=/t'],
    ...columns.flatMap((column) => ['-e', column]),
  ];
  const lines: string[] = [];
  for await (const some of tsharkLines(args, { truncated: false })) lines.push(...some);
  return sightingsIn(lines);
}

interface Growing {
  readonly requests: Map<number, number>;
  readonly answers: { number: number; time: number }[];
}

export function sightingsIn(lines: readonly string[]): Sightings {
  const trains = new Map<number, Growing>();
  const frames: number[] = [];
  for (const line of lines) {
    const [time, type, ident, sequence] = line.split('\t');
    if (!time) continue;
    frames.push(Number(time));
    // Of a fragmented packet only the last frame has these.
    if (!ident || !sequence) continue;
    const train: Growing = trains.get(Number(ident)) ?? { requests: new Map(), answers: [] };
    trains.set(Number(ident), train);
    if (type === request) train.requests.set(Number(sequence), Number(time));
    if (type === answer) train.answers.push({ number: Number(sequence), time: Number(time) });
  }
  // Two devices' packets may be written out of order.
  for (const { answers } of trains.values()) answers.sort((a, b) => a.time - b.time);
  return { trains, frames: frames.sort((a, b) => a - b) };
}

export const nothingSeen: Echoes = { requests: new Map(), answers: [] };

/** Seconds from each request to its first answer, in the order in which they were sent. */
export function oneWayDelays({ requests, answers }: Echoes): number[] {
  const first = firstAnswers(answers);
  return [...requests].flatMap(([number, time]) => {
    const answered = first.get(number);
    return answered === undefined ? [] : [answered - time];
  });
}

export function firstAnswers(answers: Echoes['answers']): Map<number, number> {
  const first = new Map<number, number>();
  for (const { number, time } of answers) if (!first.has(number)) first.set(number, time);
  return first;
}

/** Requests that were answered before one that had been sent earlier. */
export function overtaking({ answers }: Echoes): number {
  let lowest = Number.POSITIVE_INFINITY;
  let count = 0;
  for (const { number } of [...answers].reverse()) {
    if (number > lowest) count++;
    lowest = Math.min(lowest, number);
  }
  return count;
}
