/**
 * Trains of echo requests from one host to another. The kernels at both ends answer and stamp them, so no program of
 * ours has to be on time; the lab's own capture is the witness, as in every run: on the bridge a request is seen before
 * the emulated network has done anything to it, and its answer when it has left the other host. What lies between is
 * one way through the emulated network, and the few microseconds in which a kernel answers.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import { toolEnvironment } from '../base/tools.js';
import { waitFor } from '../base/wait.js';
import type { LabHost, LabProcess } from '../lab/lab.js';
import { startProcess } from '../lab/process.js';

export interface TrainShape {
  readonly packets: number;
  /** Seconds between two requests; null sends the next one as soon as the last is answered. */
  readonly every: number | null;
  /** Payload, in bytes; large ones travel in fragments. @defaultValue 56 */
  readonly bytes?: number;
  /** Requests sent before the first answer is waited for. @defaultValue 1 */
  readonly ahead?: number;
}

/** A train that has been sent. Times are seconds since the epoch of the lab's clock. */
export interface Train {
  /** Tells its packets in the capture. */
  readonly ident: number;
  readonly from: number;
  readonly to: number;
  readonly transmitted: number;
  readonly received: number;
  /** Seconds from each request to its answer as the sender's kernel saw them. */
  readonly roundTrips: readonly number[];
}

/** Answers that come later than this after the last request are not waited for. */
const patienceSeconds = 0.5;

export class Prober {
  #trains = 0;
  readonly #residents = new Map<string, number>();

  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {}

  /** Sends a whole train. */
  async send(source: LabHost, target: LabHost, shape: TrainShape): Promise<Train> {
    const from = this.clock.now();
    const { ident, process, log } = await this.#start(source, target, shape);
    await process.ended;
    const to = this.clock.now();
    return { ident, from, to, ...parsePing(await readFile(join(this.folder, log), 'utf8')) };
  }

  /** Starts a train that goes on by itself, and waits for its first answer. */
  async run(source: LabHost, target: LabHost, shape: TrainShape): Promise<{ ident: number; process: LabProcess }> {
    const { ident, process, log } = await this.#start(source, target, shape);
    const answered = async () => parsePing(await readFile(join(this.folder, log), 'utf8')).roundTrips.length > 0;
    await waitFor('the first answer', async () => ((await answered()) ? true : undefined), {
      clock: this.clock,
      withinSeconds: 10,
      everySeconds: 0.02,
    });
    return { ident, process };
  }

  /** Starts a train. */
  async #start(
    source: LabHost,
    target: LabHost,
    { packets, every, bytes, ahead }: TrainShape,
  ): Promise<{ ident: number; process: LabProcess; log: string }> {
    const ident = ++this.#trains;
    const log = `logs/train-${ident}.log`;
    const pid = await this.#resident(source);
    const command = [
      ...['nsenter', `--net=/proc/${pid}/ns/net`, '--'],
      ...['ping', '-n', '-e', String(ident), '-I', source.addresses[0]!, '-W', String(patienceSeconds)],
      ...['-c', String(packets), ...(every === null ? ['-f', '-q'] : ['-i', String(every)])],
      ...(bytes === undefined ? [] : ['-s', String(bytes)]),
      ...(ahead === undefined ? [] : ['-l', String(ahead)]),
      target.addresses[0]!,
    ];
    const process = await startProcess(command, { log, workingDirectory: this.folder }, toolEnvironment());
    return { ident, process, log };
  }

  /** A process that does nothing but live on the host, so that its network can be entered: images have no ping. */
  async #resident(host: LabHost): Promise<number> {
    const known = this.#residents.get(host.name);
    if (known !== undefined) return known;
    const options = { log: `logs/resident-${host.name}.log`, workingDirectory: this.folder };
    const { pid } = await host.start(['sleep', '3600'], options);
    this.#residents.set(host.name, pid);
    return pid;
  }
}

/** Reads what ping printed: answers, unless it was asked to be quiet, and its closing words. */
export function parsePing(text: string): Pick<Train, 'transmitted' | 'received' | 'roundTrips'> {
  const [, transmitted, received] = /(\d+) packets transmitted, (\d+) received/.exec(text) ?? [];
  const roundTrips = [...text.matchAll(/time=([\d.]+) ms/g)].map(([, time]) => Number(time) / 1e3);
  return { transmitted: Number(transmitted ?? 0), received: Number(received ?? 0), roundTrips };
}
