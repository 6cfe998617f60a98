/** How chaos draws a fault of each kind, and what it thereby takes down. */
import type { Random } from '../base/random.js';
import type { Duration } from '../base/units.js';
import type { Impairment } from '../topology/impairment.js';
import type { Host } from '../topology/topology.js';
import {
  cpuStarve,
  cutPath,
  directions,
  type Fault,
  type FaultKind,
  faultKinds,
  flap,
  freeze,
  impair,
  isolate,
  kill,
  partition,
  powerOff,
  shutdown,
} from './fault.js';
import { named } from './target.js';

export type ChaosKind = Exclude<FaultKind, 'failure'>;

/** A `failure` is a `shutdown` or a `powerOff`, which chaos draws itself. */
export const chaosKinds: readonly ChaosKind[] = faultKinds.filter((kind) => kind !== 'failure');

/** What there is to hit, and with what. */
export interface Ground {
  readonly hosts: readonly Host[];
  readonly impairments: readonly Impairment[];
  /** Of each group, how many hosts may be down at once. */
  readonly most: Readonly<Record<string, number>>;
  /** Groups whose dead hosts may come back under new addresses. */
  readonly readdress: readonly string[];
}

/** A fault that chaos may choose; `network` is null for all of the hosts'. */
export interface Choice {
  readonly kind: ChaosKind;
  readonly network: string | null;
  /** Those that it strikes. */
  readonly hosts: readonly Host[];
  /** Those of them that cannot serve while it lasts. */
  readonly down: readonly Host[];
  /** Described once it is chosen: there are many more choices than faults. */
  readonly describe: () => Fault;
}

/** All hosts that a fault of this kind may hit; what else there is to choose about it is drawn. */
export const choices: Readonly<Record<ChaosKind, (ground: Ground, random: Random) => Choice[]>> = {
  shutdown: (ground, random) => deaths('shutdown', shutdown, ground, random),
  kill: (ground, random) => deaths('kill', kill, ground, random),
  powerOff: (ground, random) => deaths('powerOff', powerOff, ground, random),
  freeze: ({ hosts }) => hosts.map((host) => takesDown('freeze', host, () => freeze(named(host.name)))),
  cpuStarve: ({ hosts }, random) => {
    const share = shares[random.below(shares.length)]!;
    return hosts.map((host) => hampers('cpuStarve', host, null, () => cpuStarve(named(host.name), { share })));
  },
  isolate: ({ hosts }, random) => {
    const direction = directions[random.below(directions.length)]!;
    return hosts.map((host) => takesDown('isolate', host, () => isolate(named(host.name), { direction })));
  },
  partition: partitions,
  // A host that loses its only path is isolated, which is a kind of its own.
  cutPath: ({ hosts }) =>
    onOnePath(hosts, (host, network) => hampers('cutPath', host, network, () => cutPath(named(host.name), network))),
  flap: ({ hosts }, random) => {
    const rhythm = rhythms[random.below(rhythms.length)]!;
    return onOnePath(hosts, (host, network) =>
      hampers('flap', host, network, () => flap(named(host.name), { ...rhythm, network })),
    );
  },
  impair: ({ hosts, impairments }, random) => {
    const impairment = impairments[random.below(impairments.length)]! as Parameters<typeof impair>[1];
    return hosts.map((host) => hampers('impair', host, null, () => impair(named(host.name), impairment)));
  },
};

/** What a starved host keeps of a CPU. */
const shares = [0.02, 0.05, 0.2];
/** How long flapping links are down, then up: below and above SCTP's least retransmission timeout of a second. */
const rhythms = [
  { down: 0.3 as Duration, up: 0.7 as Duration },
  { down: 2 as Duration, up: 2 as Duration },
];

/** One to as many hosts of a group as may be down are cut off from everybody else. */
function partitions({ hosts, most }: Ground, random: Random): Choice[] {
  return [...new Set(hosts.map(({ group }) => group))].flatMap((group) => {
    const members = hosts.filter((host) => host.group === group);
    const size = 1 + random.below(Math.max(1, Math.min(most[group] ?? 0, members.length)));
    const first = random.below(members.length);
    const down = Array.from({ length: size }, (_, at) => members[(first + at) % members.length]!);
    const others = hosts.filter((host) => !down.includes(host));
    const names = (side: readonly Host[]) => side.map(({ name }) => name);
    if (others.length === 0) return [];
    return [{ kind: 'partition', network: null, hosts, down, describe: () => partition([names(down), names(others)]) }];
  });
}

const onOnePath = (hosts: readonly Host[], choice: (host: Host, network: string) => Choice): Choice[] =>
  hosts.filter(({ legs }) => legs.length > 1).flatMap((host) => host.legs.map(({ network }) => choice(host, network)));

function deaths(kind: ChaosKind, death: typeof kill, { hosts, readdress }: Ground, random: Random): Choice[] {
  const elsewhere = random.below(2) === 1;
  return hosts.map((host) => {
    const reappear = elsewhere && readdress.includes(host.group) ? 'new-address' : 'same-address';
    return takesDown(kind, host, () => death(named(host.name), { reappear }));
  });
}

const takesDown = (kind: ChaosKind, host: Host, describe: () => Fault): Choice => ({
  ...{ kind, network: null, hosts: [host], down: [host], describe },
});

const hampers = (kind: ChaosKind, host: Host, network: string | null, describe: () => Fault): Choice => ({
  ...{ kind, network, hosts: [host], down: [], describe },
});
