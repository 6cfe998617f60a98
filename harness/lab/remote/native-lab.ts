/** Hosts that somebody has, reached over SSH: nothing is installed there, and nothing is left. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { labBroken } from '../../base/errors.js';
import { Scope } from '../../base/scope.js';
import { temporaryFolder } from '../../base/temporary.js';
import { toolEnvironment } from '../../base/tools.js';
import { waitFor } from '../../base/wait.js';
import type { Plan } from '../../experiment/plan.js';
import type { FaultKind } from '../../fault/fault.js';
import { captureFile, captureReport } from '../capture.js';
import type { CaptureReport, Lab, LabContext, OpenLab } from '../lab.js';
import { type ClockEstimate, estimateClock } from './clocks.js';
import { Connection, type RemoteProcess } from './connection.js';
import type { Right } from './inventory.js';
import { NativeHost } from './native-host.js';
import type { Placement } from './placement.js';

/** What everybody can do to processes of his own. */
const ofProcesses: readonly FaultKind[] = ['shutdown', 'kill', 'freeze'];
/** What takes root: nftables. */
const ofNetworks: readonly FaultKind[] = ['powerOff', 'isolate', 'cutPath', 'flap', 'partition'];

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
  const connections = new Map<string, Connection>();
  for (const { ssh } of placement.values()) {
    if (connections.has(ssh)) continue;
    const target = { destination: ssh, config, socket: join(sockets, String(connections.size)) };
    const connection = await Connection.open(target, { label: session, deadlineSeconds }, clock, (it) => lost.push(it));
    scope.defer(ssh, () => connection.close());
    connections.set(ssh, connection);
    const logs = join(folder, 'logs');
    mkdirSync(logs, { recursive: true });
    await connection.follow(logs, clock);
  }
  const hosts = new Map<string, NativeHost>();
  const captures: HostCapture[] = [];
  for (const host of plan.hosts) {
    const { ssh, right } = placement.get(host.name)!;
    const native = new NativeHost({ plan, host, right, session, connection: connections.get(ssh)! });
    hosts.set(host.name, native);
    if (right === 'user') continue;
    await native.count();
    captures.push(await startCapture(native, connections.get(ssh)!, clock));
  }
  const told = await Promise.all([...connections].map(async ([ssh, it]) => ({ ssh, release: await kernelOf(it) })));
  return {
    name: 'remote',
    kernel: [...new Set(told.map(({ release }) => release))].join(', '),
    hosts,
    notes: [
      ...told.map(({ ssh, release }) => `${ssh}: Linux ${release}`),
      ...(captures.length < hosts.size
        ? [`no capture on ${hosts.size - captures.length} hosts, for want of root`]
        : []),
    ],
    async stopCapture() {
      for (const connection of connections.values()) await connection.pull();
      const clocks = new Map([...connections].map(([ssh, it]) => [ssh, estimateClock(it.exchanges)!]));
      writeFileSync(join(folder, 'clocks.json'), `${JSON.stringify(clockTable(clocks, clock.now()), null, 2)}\n`);
      return stopCaptures(captures, folder, sockets, (name) => clocks.get(placement.get(name)!.ssh)!.at(clock.now()));
    },
    async troubles() {
      const set = [...connections].filter(([, { exchanges }]) => estimateClock(exchanges)?.steady === false);
      return [...lost, ...set.map(([ssh]) => `the clock of ${ssh} was set during the run`)];
    },
    close: () => scope.close(),
  };
}

const kernelOf = async (connection: Connection): Promise<string> => (await connection.must(['uname', '-r'])).trim();

/** What is stored of each host's clock, in seconds; ahead of ours is positive. */
function clockTable(clocks: ReadonlyMap<string, ClockEstimate>, now: number) {
  return Object.fromEntries(
    [...clocks].map(([ssh, { at, exchanges, bestRoundTrip, drift, driftUncertainty, steady }]) => [
      ssh,
      { ...at(now), exchanges, bestRoundTrip, drift, driftUncertainty, steady },
    ]),
  );
}

interface HostCapture {
  readonly host: NativeHost;
  readonly connection: Connection;
  readonly process: RemoteProcess;
  readonly file: string;
  readonly log: () => Promise<string>;
}

/** Records what the host sends, and only that: so every packet is there once, with the time when it was sent. */
async function startCapture(
  host: NativeHost,
  connection: Connection,
  clock: LabContext['clock'],
): Promise<HostCapture> {
  const devices = new Set<string>();
  for (const address of host.addresses) {
    const words = (await connection.must(['ip', '-o', '-4', 'address', 'show', 'to', `${address}/32`])).split(/\s+/);
    if (!words[1]) throw labBroken(`${host.name}: expected a device with ${address}, got none`);
    devices.add(words[1]);
  }
  const file = `${host.name}.pcapng`;
  const log = `${host.name}-dumpcap.log`;
  const filter = `sctp and (${host.addresses.map((it) => `src host ${it}`).join(' or ')})`;
  const interfaces = [...devices].flatMap((device) => ['-i', device, '-f', filter]);
  const command = ['dumpcap', '-q', '-B', '8', ...interfaces, '-w', '-'];
  const process = await connection.start(host.asRoot(command), log, `../${file}`);
  const { folder } = await connection.there;
  const said = async () => (await connection.do(['cat', `${folder}/logs/${log}`])).text;
  await waitFor('the capture to begin', async () => ((await said()).includes('File:') ? true : undefined), {
    clock,
    withinSeconds: 20,
    everySeconds: 0.2,
  });
  return { host, connection, process, file, log: said };
}

async function stopCaptures(
  captures: readonly HostCapture[],
  folder: string,
  scratch: string,
  clockOf: (host: string) => { offset: number; uncertainty: number },
): Promise<CaptureReport> {
  const merged = join(folder, captureFile);
  if (captures.length === 0) return { file: merged, captured: 0, dropped: 0 };
  const env = toolEnvironment();
  const [files, reports]: [string[], CaptureReport[]] = [[], []];
  for (const { host, connection, process, file, log } of captures) {
    // Dumpcap does not ask once more for what the kernel has not handed over yet.
    await connection.must(['sleep', '1']);
    await connection.do(host.asRoot(['kill', '-TERM', String(process.pid)]));
    await process.ended;
    const here = join(scratch, file);
    await connection.fetch(file, here);
    const { offset, uncertainty } = clockOf(host.name);
    const corrected = Math.abs(offset) > uncertainty ? join(scratch, `corrected-${file}`) : here;
    if (corrected !== here) await execa('editcap', ['-t', String(-offset), here, corrected], { env });
    files.push(corrected);
    reports.push(captureReport(here, await log()));
  }
  await execa('mergecap', ['-w', merged, ...files], { env });
  const sum = (key: 'captured' | 'dropped') => reports.reduce((total, report) => total + report[key], 0);
  return { file: merged, captured: sum('captured'), dropped: sum('dropped') };
}
