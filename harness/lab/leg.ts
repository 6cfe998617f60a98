/**
 * From what a leg is to what it is to be, as commands for `ip` and `tc`. Pure, so that it can be read and tested
 * without a kernel. All of it happens on the bridge's end of the leg:
 *
 * - What comes to the host is delayed and lost by the netem there, as the network does it.
 * - What the host sends is led through a device of its own, the leg's *stage* (ifb), whose netem delays and loses it
 *   before the bridge, and with it the capture, sees it. The host's kernel never learns of a loss.
 * - One-way isolation and partitions are filters that drop packets and count them.
 */
import type { LegState } from './conditions.js';
import { netemCommands } from './netem.js';

/** Kernel modules that these commands need beside those of any network. */
export const faultModules = ['sch_ingress', 'cls_matchall', 'cls_flower', 'act_gact', 'act_mirred', 'ifb'];

/** What things are called where the bridges are. */
export interface LegNames {
  /** The bridge's end of the leg. */
  readonly device: string;
  /** The device for what is worse on the way out. */
  readonly stage: string;
  /** Another host's hardware address in this network, and a number of its own; undefined when it is not on it. */
  readonly peer: (host: string) => { readonly number: number; readonly hardwareAddress: string } | undefined;
}

export interface Filter {
  /** As the bridge sees it: what the host sends is `ingress`. */
  readonly side: 'ingress' | 'egress';
  /** Its place, and its name: no two of a side have the same. */
  readonly preference: number;
  readonly words: readonly string[];
}

const drop = ['action', 'drop'];
const [closedPlace, firstPeer, stagePlace] = [1, 10, 65_000];

export function filtersOf(state: LegState, { stage, peer }: LegNames): Filter[] {
  const { closed, apart, outward } = state;
  const peers = apart.flatMap((host) => peer(host) ?? []);
  return [
    ...(closed.out ? [filter('ingress', closedPlace, ['matchall', ...drop])] : []),
    ...(closed.in ? [filter('egress', closedPlace, ['matchall', ...drop])] : []),
    ...peers.flatMap(({ number, hardwareAddress }) => [
      filter('ingress', firstPeer + number, ['flower', 'dst_mac', hardwareAddress, ...drop]),
      filter('egress', firstPeer + number, ['flower', 'src_mac', hardwareAddress, ...drop]),
    ]),
    ...(outward
      ? [filter('ingress', stagePlace, ['matchall', 'action', 'mirred', 'egress', 'redirect', 'dev', stage])]
      : []),
  ];
}

const filter = (side: Filter['side'], preference: number, words: string[]): Filter => ({ side, preference, words });

/** What a leg already has, which stays once it was made. */
export interface Fittings {
  /** Where filters can be put. */
  hooks: boolean;
  /** Left when nothing goes through any more, for what is still in it. */
  stage: boolean;
}

/** In this order: links that go down do so first, those that come up last. */
export interface LegCommands {
  readonly first: string[][];
  readonly queues: string[][];
  readonly last: string[][];
}

export function legCommands(before: LegState, after: LegState, names: LegNames, has: Fittings): LegCommands {
  const { device, stage } = names;
  const [old, wanted] = [filtersOf(before, names), filtersOf(after, names)];
  const isIn = (filters: readonly Filter[], it: Filter) =>
    filters.some((other) => other.side === it.side && other.preference === it.preference);
  const goes = before.up && !after.up ? [['link', 'set', device, 'down']] : [];
  const comes = !before.up && after.up ? [['link', 'set', device, 'up']] : [];
  const newStage = after.outward !== null && !has.stage;
  return {
    first: [
      ...goes,
      ...(newStage
        ? [
            ['link', 'add', stage, 'type', 'ifb'],
            ['link', 'set', stage, 'addrgenmode', 'none', 'up'],
          ]
        : []),
    ],
    queues: [
      ...(same(before.inward, after.inward) ? [] : netemCommands(device, after.inward)),
      ...(after.outward === null || same(before.outward, after.outward) ? [] : netemCommands(stage, after.outward)),
      ...(wanted.length > 0 && !has.hooks ? [['qdisc', 'add', 'dev', device, 'clsact']] : []),
      // New ones before old ones go, so that nothing slips through in between.
      ...wanted.filter((it) => !isIn(old, it)).map((it) => ['filter', 'add', ...placeOf(device, it), ...it.words]),
      ...old.filter((it) => !isIn(wanted, it)).map((it) => ['filter', 'del', ...placeOf(device, it)]),
    ],
    last: comes,
  };
}

const placeOf = (device: string, { side, preference }: Filter): string[] => [
  ...['dev', device, side, 'protocol', 'all', 'pref', String(preference)],
];

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** One entry of `tc -s -j filter show dev DEVICE SIDE`; each filter has a second one with options. */
export interface FilterState {
  pref: number;
  options?: { actions?: { stats?: { packets?: number; drops?: number } }[] };
}

/** @returns how the filters there differ from those wanted; empty when they do not */
export function filterDifferences(
  wanted: readonly Filter[],
  side: Filter['side'],
  got: readonly FilterState[],
): string {
  const places = (numbers: number[]) => numbers.toSorted((a, b) => a - b).join(', ') || 'none';
  const asked = places(wanted.filter((it) => it.side === side).map(({ preference }) => preference));
  const there = places(got.filter(({ options }) => options !== undefined).map(({ pref }) => pref));
  return asked === there ? '' : `${side} filters: asked ${asked}, got ${there}`;
}

/** Packets that filters dropped. */
export const dropsOf = (states: readonly FilterState[]): number =>
  states.reduce((sum, { options }) => sum + (options?.actions?.[0]?.stats?.drops ?? 0), 0);
