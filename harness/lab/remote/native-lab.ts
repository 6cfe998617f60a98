/** Hosts that somebody has, reached over SSH: nothing is installed there, and nothing is left. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { Scope } from '../../base/scope.js';
import { temporaryFolder } from '../../base/temporary.js';
import { findTool, toolEnvironment } from '../../base/tools.js';
import { waitFor } from '../../base/wait.js';
import { delayLookup, type Plan, type PlannedHost } from '../../experiment/plan.js';
import type { FaultKind } from '../../fault/fault.js';
import { captureFile, captureReport } from '../capture.js';
import type { CaptureReport, Lab, LabContext, OpenLab } from '../lab.js';
import { type AlignedReading, alignClocks, type Dialogue } from './aligned-clocks.js';
import { readingOf } from './clock-watch.js';
import { type ClockEstimate, type ClockReading, estimateClock } from './clocks.js';
import { Connection, type RemoteProcess } from './connection.js';
import { dialogueFields, dialoguesIn } from './dialogues.js';
import type { Right } from './inventory.js';
import { Machine } from './machine.js';
import { NativeHost } from './native-host.js';
import type { Placement } from './placement.js';

/** What everybody can do to processes of his own. */
const ofProcesses: readonly FaultKind[] = ['shutdown', 'kill', 'freeze'];
/** What takes root: filters and queues. */
const ofNetworks: readonly FaultKind[] = ['powerOff', 'isolate', 'cutPath', 'flap', 'partition', 'impair', 'failure'];

export const faultsOf = (right: Right): readonly FaultKind[] =>
  right === 'user' ? ofProcesses : [...ofProcesses, ...ofNetworks];

export interface NativeLabOptions {
  readonly placement: Placement;
  /** A file for `ssh -F`. */
  readonly config?: string | undefined;
}

export const nativeLab = ({ placement, config }: NativeLabOptions): Lab => ({
  name: 'remote',
  faults: [...ofProcesses, ...ofNetworks],
  async open(plan, context) {
    const scope = new Scope();
    try {
      return await open(plan, context, scope, placement, config);
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
  placement: Placement,
  config: string | undefined,
): Promise<OpenLab> {
  const sockets = mkdtempSync(join(temporaryFolder(), `rsplab-${session}-`));
  scope.defer('sockets', () => rmSync(sockets, { recursive: true, force: true }));
  const { settle, warmUp, measure, drain } = plan.phases;
  const deadlineSeconds = settle + warmUp + measure + drain + reserveSeconds;
  const lost: string[] = [];
  const logs = join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const destinations = [...new Set([...placement.values()].map(({ ssh }) => ssh))];
  // All at once: who logs in mostly waits.
  const opening = destinations.map(async (ssh, at) => {
    const target = { destination: ssh, config, socket: join(sockets, String(at)) };
    const connection = await Connection.open(target, { label: session, deadlineSeconds }, clock, (it) => lost.push(it));
    scope.defer(ssh, () => connection.close());
    await connection.follow(logs, clock);
    return [ssh, connection] as const;
  });
  const connections = new Map(valuesOf(await Promise.allSettled(opening)));
  const machines = new Map<string, Machine>();
  const hosts = new Map<string, NativeHost>();
  for (const host of plan.hosts) {
    const { ssh, right } = placement.get(host.name)!;
    const machine = machines.get(ssh) ?? new Machine(connections.get(ssh)!, right);
    machines.set(ssh, machine);
    hosts.set(host.name, new NativeHost({ plan, host, session, machine }));
  }
  const hostsOn = (ssh: string) => plan.hosts.filter(({ name }) => placement.get(name)!.ssh === ssh);
  const told = await Promise.all(
    [...machines].map(async ([ssh, machine]) => ({
      ...{ ssh, release: await kernelOf(machine.connection) },
      captures: await prepare(plan, hostsOn(ssh), hosts, machine, logs, clock),
    })),
  );
  const captures = told.flatMap((it) => it.captures);
  const stopCapture = once(async () => {
    for (const connection of connections.values()) await connection.pull();
    const clocks = new Map([...connections].map(([ssh, it]) => [ssh, estimateClock(it.exchanges)!]));
    const sshOf = (name: string) => placement.get(name)!.ssh;
    const { table, tell } = clockTable(clocks, clock.now(), join(folder, 'clocks.json'), sshOf);
    const known = new Map(plan.hosts.map(({ name }) => [name, table[sshOf(name)]!]));
    return stopCaptures(captures, { plan, folder, scratch: sockets, known }, tell);
  });
  // Of a run that breaks what was seen is kept, where it can be had.
  scope.defer('captures', () => stopCapture().catch(() => {}));
  return {
    name: 'remote',
    kernel: [...new Set(told.map(({ release }) => release))].join(', '),
    hosts,
    isDearToAsk: true,
    notes: [
      ...told.map(({ ssh, release }) => `${ssh}: Linux ${release}`),
      ...(captures.length < hosts.size
        ? [`no capture on ${hosts.size - captures.length} of ${hosts.size} hosts, for want of root`]
        : []),
    ],
    stopCapture,
    async troubles() {
      const set = [...connections].filter(([, { exchanges }]) => estimateClock(exchanges)?.steady === false);
      return [...lost, ...set.map(([ssh]) => `the clock of ${ssh} was set during the run`)];
    },
    close: () => scope.close(),
  };
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
  hosts: ReadonlyMap<string, NativeHost>,
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
  sshOf: (host: string) => string,
) {
  const table = Object.fromEntries([...clocks].map(([ssh, estimate]) => [ssh, readingOf(estimate, now)]));
  const tell = (aligned: ReadonlyMap<string, AlignedReading>) => {
    const more = new Map([...aligned].map(([name, reading]) => [sshOf(name), reading]));
    const told = Object.entries(table).map(([ssh, reading]) => [ssh, { ...reading, ...more.get(ssh) }]);
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(told), null, 2)}\n`);
  };
  tell(new Map());
  return { table, tell };
}

interface HostCapture {
  readonly host: NativeHost;
  readonly machine: Machine;
  readonly process: RemoteProcess;
  readonly file: string;
  readonly log: () => Promise<string>;
}

/** Records what the host sends, and only that: so every packet is there once, with the time when it was sent. */
async function startCapture(
  host: NativeHost,
  machine: Machine,
  logs: string,
  clock: LabContext['clock'],
): Promise<HostCapture> {
  const { connection, devices } = machine;
  const file = `${host.name}.pcapng`;
  const log = `${host.name}-dumpcap.log`;
  const filter = `sctp and (${host.addresses.map((it) => `src host ${it}`).join(' or ')})`;
  const interfaces = devices.flatMap((device) => ['-i', device, '-f', filter]);
  const command = ['dumpcap', '-q', '-B', '8', ...interfaces, '-w', '-'];
  const process = await connection.start(machine.asRoot(command), log, `../${file}`);
  const said = async () => {
    await connection.pull();
    return existsSync(join(logs, log)) ? readFileSync(join(logs, log), 'utf8') : '';
  };
  await waitFor('the capture to begin', async () => ((await said()).includes('File:') ? true : undefined), {
    clock,
    withinSeconds: 20,
    everySeconds: 0.2,
  });
  return { host, machine, process, file, log: said };
}

interface Recorded {
  readonly plan: Plan;
  readonly folder: string;
  readonly scratch: string;
  /** Of each host's clock, against ours. */
  readonly known: ReadonlyMap<string, ClockReading>;
}

async function stopCaptures(
  captures: readonly HostCapture[],
  { plan, folder, scratch, known }: Recorded,
  onAligned: (aligned: ReadonlyMap<string, AlignedReading>) => void,
): Promise<CaptureReport> {
  const merged = join(folder, captureFile);
  if (captures.length === 0) return { file: merged, captured: 0, dropped: 0 };
  const env = toolEnvironment();
  const fetched = await Promise.all(
    captures.map(async ({ host, machine, process, file, log }) => {
      const { connection } = machine;
      // Dumpcap does not ask once more for what the kernel has not handed over yet.
      await connection.must(['sleep', '1']);
      await connection.do(machine.asRoot(['kill', '-TERM', String(process.pid)]));
      await process.ended;
      const here = join(scratch, file);
      await connection.fetch(file, here);
      return { host: host.name, file: here, report: captureReport(here, await log()) };
    }),
  );
  const aligned = alignClocks(known, await dialoguesOf(plan, fetched));
  if (aligned) onAligned(aligned);
  const files = await Promise.all(
    fetched.map(async ({ host, file }) => {
      const corrected = `${file}-corrected`;
      await execa('editcap', ['-t', String(-(aligned ?? known).get(host)!.offset), file, corrected], { env });
      return corrected;
    }),
  );
  await execa('mergecap', ['-w', merged, ...files], { env });
  const sum = (key: 'captured' | 'dropped') => fetched.reduce((total, { report }) => total + report[key], 0);
  return { file: merged, captured: sum('captured'), dropped: sum('dropped') };
}

/** A delay is half of the best round trip; which way took more of it is not known, so a little less is sure. */
const surePart = 0.9;

async function dialoguesOf(plan: Plan, files: readonly { readonly file: string }[]): Promise<Dialogue[]> {
  const owners = new Map(plan.hosts.flatMap(({ name, legs }) => legs.map(({ address }) => [address, name])));
  const delayBetween = delayLookup(plan);
  const networks = Object.keys(plan.topology.networks);
  const wayBetween = (from: string, to: string) =>
    surePart * Math.min(...networks.map((network) => delayBetween(network, from, to)));
  const options = ['-n', '-T', 'fields', '-E', 'occurrence=a', ...dialogueFields.flatMap((field) => ['-e', field])];
  const said = await Promise.all(
    files.map(({ file }) => execa(findTool('tshark')!, ['-r', file, ...options], { env: toolEnvironment() })),
  );
  const lines = said.flatMap(({ stdout }) => stdout.split('\n'));
  return dialoguesIn(lines, { hostOf: (address) => owners.get(address), wayBetween });
}
