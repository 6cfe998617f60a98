/** Hosts that somebody has, reached over SSH: nothing is installed there, and nothing is left. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { Scope } from '../../base/scope.js';
import { temporaryFolder } from '../../base/temporary.js';
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import type { FaultKind } from '../../fault/fault.js';
import type { Lab, LabContext, OpenLab } from '../lab.js';
import type { AlignedReading } from './aligned-clocks.js';
import { type HostCapture, startCapture, stopCaptures } from './captures.js';
import { readingOf } from './clock-watch.js';
import { type ClockEstimate, estimateClock } from './clocks.js';
import { Connection } from './connection.js';
import type { Inventory, Right } from './inventory.js';
import { Machine } from './machine.js';
import { overlayFiles } from './overlay/image.js';
import { bootKernel, bringFiles, tryTunnels } from './overlay/kernel.js';
import { cardsOf, endsAt, networkLines, tunnelsOf, waysFrom } from './overlay/tunnels.js';
import type { Placement } from './placement.js';
import { RemoteHost } from './remote-host.js';

/** What everybody can do to processes of his own. */
const ofProcesses: readonly FaultKind[] = ['shutdown', 'kill', 'freeze'];
/** What takes root: filters and queues. */
const ofNetworks: readonly FaultKind[] = ['powerOff', 'isolate', 'cutPath', 'flap', 'partition', 'impair', 'failure'];

export const faultsOf = (right: Right): readonly FaultKind[] =>
  right === 'user' ? ofProcesses : [...ofProcesses, ...ofNetworks];

/** What a lab kernel on each host needs to know. */
export type Overlay = Pick<Inventory, 'firstPort' | 'cache'>;

export interface RemoteLabOptions {
  readonly placement: Placement;
  /** A file for `ssh -F`. */
  readonly config?: string | undefined;
  /** Hosts are lab kernels on the machines; the machines themselves where there is none. */
  readonly overlay?: Overlay | undefined;
}

export const remoteLab = (options: RemoteLabOptions): Lab => ({
  name: 'remote',
  faults: [...ofProcesses, ...ofNetworks],
  async open(plan, context) {
    const scope = new Scope();
    try {
      return await open(plan, context, scope, options);
    } catch (error) {
      await scope.close();
      throw error;
    }
  },
});

/** All that a run may take beside its phases. */
const reserveSeconds = 600;

async function open(
  plan: Plan,
  { session, folder, clock }: LabContext,
  scope: Scope,
  options: RemoteLabOptions,
): Promise<OpenLab> {
  const { placement } = options;
  const scratch = mkdtempSync(join(temporaryFolder(), `rsplab-${session}-`));
  scope.defer('files', () => rmSync(scratch, { recursive: true, force: true }));
  const lost: string[] = [];
  const logs = join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const opening: Opening = { plan, session, clock, scope, scratch, logs, onLost: (reason) => lost.push(reason) };
  const logins = await logIn(opening, options);
  const connections = options.overlay ? await bootKernels(opening, options, options.overlay, logins) : logins;
  const machines = new Map<string, Machine>();
  const hosts = new Map<string, RemoteHost>();
  for (const host of plan.hosts) {
    const { machine: name, right } = placement.get(host.name)!;
    const machine = machines.get(name) ?? new Machine(connections.get(name)!, right);
    machines.set(name, machine);
    hosts.set(host.name, new RemoteHost({ plan, host, session, machine }));
  }
  const hostsOn = (machine: string) => plan.hosts.filter(({ name }) => placement.get(name)!.machine === machine);
  const told = await Promise.all(
    [...machines].map(async ([name, machine]) => ({
      ...{ name, release: await kernelOf(machine.connection) },
      captures: await prepare(plan, hostsOn(name), hosts, machine, logs, clock),
    })),
  );
  const captures = told.flatMap((it) => it.captures);
  const stopCapture = once(async () => {
    for (const connection of connections.values()) await connection.pull();
    const clocks = new Map([...connections].map(([name, it]) => [name, estimateClock(it.exchanges)!]));
    const machineOf = (host: string) => placement.get(host)!.machine;
    const { table, tell } = clockTable(clocks, clock.now(), join(folder, 'clocks.json'), machineOf);
    const known = new Map(plan.hosts.map(({ name }) => [name, table[machineOf(name)]!]));
    return stopCaptures(captures, { plan, folder, scratch, known }, tell);
  });
  // Of a run that breaks what was seen is kept, where it can be had.
  scope.defer('captures', () => stopCapture().catch(() => {}));
  return {
    name: 'remote',
    kernel: [...new Set(told.map(({ release }) => release))].join(', '),
    hosts,
    isDearToAsk: true,
    notes: [
      ...told.map(({ name, release }) => `${name}: ${options.overlay ? 'a lab kernel, ' : ''}Linux ${release}`),
      ...(captures.length < hosts.size
        ? [`no capture on ${hosts.size - captures.length} of ${hosts.size} hosts, for want of root`]
        : []),
    ],
    stopCapture,
    remarks: () => blockedPaths(plan, hosts, clock),
    async troubles() {
      const set = [...connections].filter(([, { exchanges }]) => estimateClock(exchanges)?.steady === false);
      return [...lost, ...set.map(([name]) => `the clock of ${name} was set during the run`)];
    },
    close: () => scope.close(),
  };
}

const confirmSeconds = 2;

/** Which ways SCTP does not get through, as firewalls and address translation have it, one sentence each. */
async function blockedPaths(
  plan: Plan,
  hosts: ReadonlyMap<string, RemoteHost>,
  clock: LabContext['clock'],
): Promise<string[]> {
  const owners = new Map(
    plan.hosts.flatMap(({ name, legs }) => legs.map(({ network, address }) => [address, { name, network }] as const)),
  );
  const told = [...hosts.values()].map(async (host) => {
    const first = new Set(await host.unreached());
    if (first.size === 0) return [];
    // A path of an association that has just begun is confirmed within a round trip or two.
    await clock.sleepUntil(clock.now() + confirmSeconds);
    const still = (await host.unreached()).filter((address) => first.has(address));
    return still.flatMap((address) => {
      const there = owners.get(address);
      return there
        ? [`SCTP did not get through from ${host.name} to ${there.name} (${address}, ${there.network})`]
        : [];
    });
  });
  return (await Promise.all(told)).flat();
}

interface Opening {
  readonly plan: Plan;
  readonly session: string;
  readonly clock: Clock;
  readonly scope: Scope;
  /** For files of ours that nobody else needs. */
  readonly scratch: string;
  readonly logs: string;
  readonly onLost: (reason: string) => void;
}

const deadlineOf = ({ phases: { settle, warmUp, measure, drain } }: Plan): number =>
  settle + warmUp + measure + drain + reserveSeconds;

/** Logs in everywhere, all at once: who logs in mostly waits. @returns connections, by their destinations */
async function logIn(
  { plan, session, clock, scope, scratch, logs, onLost }: Opening,
  { placement, config }: RemoteLabOptions,
): Promise<Map<string, Connection>> {
  const destinations = [...new Set([...placement.values()].map(({ ssh }) => ssh))];
  const opening = destinations.map(async (ssh, at) => {
    const target = { destination: ssh, config, socket: join(scratch, String(at)) };
    const terms = { label: session, deadlineSeconds: deadlineOf(plan) };
    const connection = await Connection.open(target, terms, clock, onLost);
    scope.defer(ssh, () => connection.close());
    await connection.follow(logs, clock);
    return [ssh, connection] as const;
  });
  return new Map(valuesOf(await Promise.allSettled(opening)));
}

/** Boots a lab kernel for each host, and waits until all reach each other. @returns connections into them, by host */
async function bootKernels(
  { plan, session, clock, scope, scratch, onLost }: Opening,
  { placement }: RemoteLabOptions,
  { firstPort, cache }: Overlay,
  logins: ReadonlyMap<string, Connection>,
): Promise<Map<string, Connection>> {
  const tunnels = tunnelsOf(plan, placement, firstPort);
  const shipped = await overlayFiles();
  const bringing = [...logins].map(async ([ssh, outer]) => [ssh, await bringFiles(outer, shipped, cache)] as const);
  const files = new Map(valuesOf(await Promise.allSettled(bringing)));
  const booting = plan.hosts.map(async (host) => {
    const { ssh } = placement.get(host.name)!;
    const setting = {
      ...{ host: host.name, label: session, deadlineSeconds: deadlineOf(plan), files: files.get(ssh)!, scratch },
      ...{ ends: endsAt(tunnels, host.name), cards: cardsOf(tunnels, host.name) },
      ...{ network: networkLines(plan, host, tunnels) },
    };
    const connection = await bootKernel(logins.get(ssh)!, setting, clock, onLost);
    scope.defer(host.name, () => connection.close());
    return [host.name, connection] as const;
  });
  const kernels = new Map(valuesOf(await Promise.allSettled(booting)));
  const trying = [...kernels].map(([name, kernel]) => tryTunnels(kernel, name, waysFrom(plan, tunnels, name)));
  valuesOf(await Promise.allSettled(trying));
  return kernels;
}

/** @throws what the first one failed with, once none is under way any more */
function valuesOf<T>(settled: readonly PromiseSettledResult<T>[]): T[] {
  const failed = settled.find((it) => it.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let working: Promise<T> | undefined;
  return () => {
    working ??= work();
    return working;
  };
}

/** Makes a machine ready for faults of the network and for captures, which take the same right. */
async function prepare(
  plan: Plan,
  there: readonly PlannedHost[],
  hosts: ReadonlyMap<string, RemoteHost>,
  machine: Machine,
  logs: string,
  clock: LabContext['clock'],
): Promise<HostCapture[]> {
  if (machine.right === 'user') return [];
  const natives = there.map(({ name }) => hosts.get(name)!);
  await machine.learn(there.flatMap((host) => pairsOf(plan, host)));
  await machine.hook(natives.flatMap((native) => native.countingLines()));
  return Promise.all(natives.map((native) => startCapture(native, machine, logs, clock)));
}

/** Its own addresses, each with each of all others. */
const pairsOf = ({ hosts }: Plan, host: PlannedHost): [own: string, other: string][] =>
  host.legs.flatMap(({ address }) =>
    hosts
      .filter(({ name }) => name !== host.name)
      .flatMap(({ legs }) => legs.map((leg): [string, string] => [address, leg.address])),
  );

const kernelOf = async (connection: Connection): Promise<string> => (await connection.must(['uname', '-r'])).trim();

/** What is stored of each host's clock, in seconds; ahead of ours is positive. Packets may tell more than exchanges. */
function clockTable(
  clocks: ReadonlyMap<string, ClockEstimate>,
  now: number,
  file: string,
  machineOf: (host: string) => string,
) {
  const table = Object.fromEntries([...clocks].map(([ssh, estimate]) => [ssh, readingOf(estimate, now)]));
  const tell = (aligned: ReadonlyMap<string, AlignedReading>) => {
    const more = new Map([...aligned].map(([name, reading]) => [machineOf(name), reading]));
    const told = Object.entries(table).map(([ssh, reading]) => [ssh, { ...reading, ...more.get(ssh) }]);
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(told), null, 2)}\n`);
  };
  tell(new Map());
  return { table, tell };
}
