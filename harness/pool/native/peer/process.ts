/** How the processes of elements and users begin and end. */
import type { z } from 'zod';
import { check } from '../../../base/check.js';
import { realClock } from '../../../base/clock.js';
import { codeOf, messageOf } from '../../../base/errors.js';
import type { PeerEvent } from './journal.js';

export interface Peer {
  /** Asked to leave: does so in good order, and resolves when it is done. */
  leave(): Promise<void>;
}

export interface PeerContext {
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly tell: (event: PeerEvent) => void;
}

/** Does what a message asks for. One that is none is told and otherwise ignored: nobody ends for what others say. */
export function heed({ tell }: Pick<PeerContext, 'tell'>, task: () => void): void {
  try {
    task();
  } catch (error) {
    if (codeOf(error) !== 'bad-input') throw error;
    tell({ event: 'refused', why: messageOf(error) });
  }
}

/** Whoever is asked to leave has this long; the driver waits for 3 s. */
const usualFarewell = 2.5;

/**
 * Runs a peer on the order in this process's arguments until a signal or its parent's end.
 * @param farewellSeconds how long it has to leave
 */
export function runPeer<S extends z.ZodType>(
  name: string,
  schema: S,
  start: (order: z.output<S>, context: PeerContext) => Peer,
  farewellSeconds = usualFarewell,
): void {
  const fail = (error: unknown): never => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(2);
  };
  process.on('uncaughtException', fail);
  try {
    const { now } = realClock;
    // A line is whole or not there at all, whatever ends the process.
    const tell = (event: PeerEvent) => void process.stdout.write(`${JSON.stringify({ at: now(), ...event })}\n`);
    const peer = start(check(name, schema, JSON.parse(process.argv[2] ?? 'null')), { now, tell });
    let leaving = false;
    const leave = () => {
      if (leaving) return;
      leaving = true;
      setTimeout(() => process.exit(0), farewellSeconds * 1e3);
      peer.leave().then(() => process.exit(0), fail);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, leave);
    // Whoever started it may be killed, and nothing is to outlive a lab.
    const parent = process.ppid;
    setInterval(() => process.ppid === parent || process.exit(1), 1e3);
  } catch (error) {
    fail(error);
  }
}
