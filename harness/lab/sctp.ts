/** Tells hosts' kernels about SCTP: values in /proc that each network namespace has for itself. */
import { execa } from 'execa';
import { labBroken } from '../base/errors.js';
import { toMilliseconds } from '../base/units.js';
import type { Plan, PlannedHost } from '../experiment/plan.js';
import type { Sctp } from '../topology/sctp.js';

const folder = '/proc/sys/net/sctp';

/**
 * One process for all values of a host: starting one costs more than all that it does. It is given the folder, then
 * names and values in turn, and prints each name with the value that is there when all are written. Not by the shell's
 * `read`: it takes a file byte by byte, and /proc gives the first one only.
 */
const writeThenRead = `
  cd "$0" || exit
  all="$*"
  while [ $# -gt 1 ]; do echo "$2" > "$1"; shift 2; done
  set -- $all
  while [ $# -gt 1 ]; do echo "$1 $(cat "$1")"; shift 2; done`;

/** The kernel's names (ip-sysctl.rst). RTO.max comes before RTO.min, which may not exceed it. */
const names = {
  rtoInitial: 'rto_initial',
  rtoMax: 'rto_max',
  rtoMin: 'rto_min',
  heartbeatInterval: 'hb_interval',
  sackDelay: 'sack_timeout',
  pathMaxRetransmissions: 'path_max_retrans',
  associationMaxRetransmissions: 'association_max_retrans',
  potentiallyFailedRetransmissions: 'pf_retrans',
} as const satisfies Record<keyof Sctp, string>;

const spans: ReadonlySet<string> = new Set(['rtoInitial', 'rtoMax', 'rtoMin', 'heartbeatInterval', 'sackDelay']);

/** The kernel's files and values, in the order in which they can be written. */
export function sctpValues(sctp: Sctp): [file: string, value: string][] {
  const written = Object.entries(names).flatMap(([key, name]): [string, string][] => {
    const value = sctp[key as keyof Sctp];
    return value === undefined ? [] : [[name, String(spans.has(key) ? toMilliseconds(value) : value)]];
  });
  // The RTO.max that is asked for may lie below the RTO.min that is there.
  return sctp.rtoMax !== undefined && sctp.rtoMin !== undefined ? [['rto_min', '1'], ...written] : written;
}

/**
 * Does to each host what the plan says.
 * @param enter the words that run a command in the host's network namespace
 * @returns what its kernel says now, for people
 * @throws HarnessError `lab-broken` when it says something else
 */
export async function tuneSctp(
  plan: Plan,
  enter: (host: PlannedHost) => readonly string[],
  environment: Record<string, string>,
): Promise<string[]> {
  const told: string[] = [];
  for (const host of plan.hosts) {
    if (host.sctp === null) continue;
    const [file, ...words] = enter(host);
    const values = sctpValues(host.sctp);
    const command = [...words, 'sh', '-c', writeThenRead, folder, ...values.flat()];
    const { stdout } = await execa(file!, command, { env: environment, reject: false });
    const got = new Map(stdout.split('\n').map((line) => line.split(' ') as [string, string]));
    const wanted = new Map(values);
    const said = [...wanted.keys()].map((name) => `${name} ${got.get(name)}`).join(', ');
    if ([...wanted].some(([name, value]) => value !== got.get(name))) {
      throw labBroken(`The kernel of ${host.name} took other values for SCTP than asked: ${said}`);
    }
    told.push(`SCTP at ${host.name}: ${said}`);
  }
  return told;
}
