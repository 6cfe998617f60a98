/** What hosts recorded of what they sent, merged into one capture by clocks that packets bind to each other. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { findTool, toolEnvironment } from '../../base/tools.js';
import { waitFor } from '../../base/wait.js';
import { delayLookup, type Plan } from '../../experiment/plan.js';
import { captureFile, captureReport } from '../capture.js';
import type { CaptureReport, LabContext } from '../lab.js';
import { type AlignedReading, alignClocks, type Dialogue } from './aligned-clocks.js';
import type { ClockReading } from './clocks.js';
import type { RemoteProcess } from './connection.js';
import { dialogueFields, dialoguesIn } from './dialogues.js';
import type { Machine } from './machine.js';
import type { RemoteHost } from './remote-host.js';

export interface HostCapture {
  readonly host: RemoteHost;
  readonly machine: Machine;
  readonly process: RemoteProcess;
  readonly file: string;
  readonly log: () => Promise<string>;
}

/** Records what the host sends, and only that: so every packet is there once, with the time when it was sent. */
export async function startCapture(
  host: RemoteHost,
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

export interface Recorded {
  readonly plan: Plan;
  readonly folder: string;
  readonly scratch: string;
  /** Of each host's clock, against ours. */
  readonly known: ReadonlyMap<string, ClockReading>;
}

export async function stopCaptures(
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
