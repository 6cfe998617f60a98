/**
 * Faults of the network on somebody's own host: tc's filters of SCTP between the experiment's own addresses, and of
 * nothing else, before a device's own queue, which stays as it is. SSH is TCP, so the connection that heals them is
 * none of theirs. Pure: lines for `tc -batch`, and shell commands of plain words.
 */

import type { Impairment } from '../../topology/impairment.js';
import type { FilterState } from '../leg.js';
import { netemArguments } from '../netem.js';

/** What a host and another one send each other, where the host's kernel hands it to a device or gets it from there. */
export interface Flow {
  readonly device: string;
  readonly own: string;
  readonly other: string;
}

export type Side = 'ingress' | 'egress';

/**
 * Filters are found again by a number that nobody else's are likely to have, and stand in the order of these: what is
 * dropped does not wait, and what is dropped or waits was not sent.
 */
export const placeOf = (kind: 'drop' | 'redirect' | 'count', number: number): number =>
  ({ drop: 47_000, redirect: 47_300, count: 47_600 })[kind] + (number % 300);
export const isOurs = (place: number): boolean => place >= 47_000 && place < 47_900;

/** Makes the place where filters can be put, where there is none yet. */
export const hookLine = (device: string): string => `qdisc add dev ${device} clsact`;
export const unhookLine = (device: string): string => `qdisc del dev ${device} clsact`;

export const dropLines = (flows: readonly Flow[], place: number, sides: readonly Side[]): string[] =>
  filterLines(flows, place, sides, 'action drop');

/** Counts what leaves the host, after all that may drop it. */
export const countLines = (flows: readonly Flow[], place: number): string[] =>
  filterLines(flows, place, ['egress'], 'action continue');

/** Has them wait and be lost in a device of their own, from which they go on to where they were going. */
export const redirectLines = (flows: readonly Flow[], place: number, side: Side, stage: string): string[] =>
  filterLines(flows, place, [side], `action mirred egress redirect dev ${stage}`);

const filterLines = (flows: readonly Flow[], place: number, sides: readonly Side[], action: string): string[] =>
  sides.flatMap((side) =>
    flows.map(({ device, own, other }) => {
      const [from, to] = side === 'egress' ? [own, other] : [other, own];
      const flow = `flower ip_proto sctp src_ip ${from} dst_ip ${to}`;
      return `filter add dev ${device} ${side} protocol ip pref ${place} ${flow} ${action}`;
    }),
  );

export const removalLines = (devices: readonly string[], place: number, sides: readonly Side[]): string[] =>
  devices.flatMap((device) => sides.map((side) => `filter del dev ${device} ${side} protocol ip pref ${place}`));

/** Makes the device in which packets wait. */
export const stageCommand = (stage: string, impairment: Impairment): string =>
  [
    `ip link add ${stage} type ifb`,
    `ip link set ${stage} up`,
    `tc qdisc add dev ${stage} root netem ${netemArguments(impairment).join(' ')}`,
  ].join(' && ');
export const stageRemoval = (stage: string): string => `ip link del ${stage}`;

/**
 * Lines for tc as one command, for each one costs the way there and back and some processes.
 * @param first what is done before, in words of a shell
 */
export const batch = (lines: readonly string[], { force = false, first = ':' } = {}): string[] => [
  ...['sh', '-c', `${first} && printf '%s\\n' "$@" | tc ${force ? '-force ' : ''}-s -j -batch -`, 'tc', ...lines],
];

export const showLines = (devices: readonly string[], sides: readonly Side[]): string[] =>
  devices.flatMap((device) => sides.map((side) => `filter show dev ${device} ${side}`));

interface Filters {
  readonly filters: number;
  readonly packets: number;
}

/** Everything that tc showed of filters, one listing after the other; what it said beside that is not read. */
export const shownIn = (text: string): FilterState[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('['))
    .map((line) => JSON.parse(line) as FilterState[]);

/** Whether another run has filters there. */
export const hasOurs = (shown: readonly FilterState[]): boolean => shown.some(({ pref }) => isOurs(pref));

/** Of the filters in one place: how many there are, and how many packets met them. */
export function countIn(shown: readonly FilterState[], place: number): Filters {
  const filters = shown.filter(({ pref, options }) => pref === place && options?.actions !== undefined);
  return {
    filters: filters.length,
    packets: filters.reduce((sum, { options }) => sum + (options?.actions?.[0]?.stats?.packets ?? 0), 0),
  };
}
