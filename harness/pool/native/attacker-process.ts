/**
 * How the process of an attacker begins and ends. It prints a line of JSON every second, what it did and what came of
 * it, and ends by itself when its time is over; the last line is printed on SIGINT and SIGTERM, too.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { realClock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { checkOrder, type Order, type Surroundings } from './order.js';

const tickSeconds = 0.01;

/** What was done and came of it; `associations` were begun, `aborted` came to an end that was not ours. */
export const noCounts = {
  ...{ sent: 0, accepted: 0, rejected: 0, questions: 0, keepAlives: 0, associations: 0, aborted: 0, unsent: 0 },
};

/** What attacks, on the clock of its process; times are epoch seconds. */
export interface Attacking {
  tick(now: number): void;
  /** What happened since the last report. */
  report(now: number): object;
  close(): void;
}

/** Carries out the order in this process's arguments, if it may. */
export function runAttacker(start: (order: Order) => Attacking): void {
  process.on('uncaughtException', fail);
  try {
    run(start);
  } catch (error) {
    fail(error);
  }
}

function run(start: (order: Order) => Attacking): void {
  const order = checkOrder(JSON.parse(process.argv[2] ?? 'null'), surroundings());
  const { now } = realClock;
  const attacker = start(order);
  const print = () => process.stdout.write(`${JSON.stringify(attacker.report(now()))}\n`);
  const end = () => {
    print();
    attacker.close();
    process.exit(0);
  };
  const over = order.beginAt + order.seconds;
  // Whoever started it may be killed, and nothing is to outlive a lab.
  const parent = process.ppid;
  let reportAt = order.beginAt + 1;
  const tick = () => {
    const time = now();
    if (time >= over || process.ppid !== parent) end();
    attacker.tick(time);
    if (time < reportAt) return;
    print();
    reportAt = Math.max(reportAt + 1, time);
  };
  setInterval(tick, tickSeconds * 1e3);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
}

function fail(error: unknown): never {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(2);
}

function surroundings(): Surroundings {
  const namespace = (process: string) => {
    try {
      return readlinkSync(`/proc/${process}/ns/net`);
    } catch {
      return null;
    }
  };
  const machines = namespace('1');
  const devices = Object.entries(networkInterfaces()).filter(([name]) => name !== 'lo');
  const routes = readFileSync('/proc/self/net/route', 'utf8').trim().split('\n').slice(1);
  return {
    inMachinesNetwork: machines === null ? null : machines === namespace('self'),
    addresses: devices.flatMap(([, addresses]) =>
      (addresses ?? []).filter(({ scopeid }) => scopeid === undefined).map(({ address }) => address),
    ),
    gateways: routes
      .map((route) => route.split('\t'))
      .filter(([, target]) => target === '00000000')
      .map(([, , gateway]) => dotted(gateway!)),
  };
}

/** `0100020A` is 10.2.0.1: the kernel prints the address as a number of the machine's, low byte first. */
const dotted = (hex: string): string => [...Buffer.from(hex, 'hex')].reverse().join('.');
