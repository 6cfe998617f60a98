/** Hosts that somebody has: what they lack, and what their clocks say. */
import Table from 'cli-table3';
import { Command } from 'commander';
import { realClock } from '../base/clock.js';
import { newSession } from '../base/session.js';
import { formatDuration } from '../base/units.js';
import { watchClocks } from '../lab/remote/clock-watch.js';
import { type Inventory, loadInventory } from '../lab/remote/inventory.js';
import { type HostSurvey, surveyHost } from '../lab/remote/survey.js';
import { exitCodes } from './exit.js';
import { plain } from './plain.js';
import { countFrom } from './settings.js';
import { untilSignal } from './signal.js';

export const remoteCommand = (): Command => {
  const command = new Command('remote')
    .description('Look at hosts that you have, before experiments run on them: rsplab run … --on remote.')
    .addHelpText(
      'after',
      `
Examples:
  rsplab remote prepare --inventory hosts.yaml
  rsplab remote clocks --inventory hosts.yaml --seconds 30

Exit codes: 0 all hosts are ready, 2 bad input, 3 something is missing, or a host did not answer.`,
    );
  const inventory = ['--inventory <file>', 'which hosts there are; .yaml, .json or .ts'] as const;
  command
    .command('prepare')
    .description('Say what each host is, what it lacks, and the command that gets it. Installs nothing.')
    .requiredOption(...inventory)
    .action(({ inventory }: { inventory: string }) => lookAtHosts(inventory, false));
  command
    .command('clocks')
    .description('Measure how far each host’s clock is from this machine’s, and how sure that is.')
    .requiredOption(...inventory)
    .option('--seconds <number>', 'for how long; longer says more about the drift', '10')
    .action(async (flags: { inventory: string; seconds: string }) => {
      const seconds = countFrom('--seconds', flags.seconds);
      const { hosts, sshConfig } = await loadInventory(flags.inventory);
      const destinations = [...new Set(Object.values(hosts).flatMap((group) => group.map(({ ssh }) => ssh)))];
      const session = { session: newSession(), clock: realClock, signal: untilSignal('watch') };
      process.stdout.write(clockTable(await watchClocks(destinations, sshConfig, seconds, session)));
    });
  return command;
};

/** Prints what the hosts of an inventory are and lack; the exit code says whether all are ready. */
export async function lookAtHosts(file: string, json: boolean): Promise<void> {
  const surveys = await surveyAll(await loadInventory(file));
  const hosts = surveys.map(({ roundTrips: _, ...survey }) => survey);
  process.stdout.write(json ? `${JSON.stringify({ hosts }, null, 2)}\n` : surveyTable(surveys));
  process.exitCode = surveys.every(({ missing }) => missing.length === 0) ? exitCodes.pass : exitCodes.unknown;
}

/** Every machine once, however many hosts are on it. */
export function surveyAll({ hosts, sshConfig, way }: Inventory): Promise<HostSurvey[]> {
  const machines = new Map(Object.values(hosts).flatMap((group) => group.map((host) => [host.ssh, host] as const)));
  return Promise.all([...machines.values()].map((host) => surveyHost(host, { config: sshConfig, way })));
}

export function surveyTable(surveys: readonly HostSurvey[]): string {
  const table = new Table({
    ...plain,
    head: ['host', 'right', 'kernel', 'RSPLIB', 'captures', 'clock kept by', 'ready'],
  });
  for (const { ssh, right, kernel, rsplib, canCapture, time, missing } of surveys) {
    const ready = missing.length === 0 ? 'yes' : 'no';
    table.push([ssh, right, kernel ?? '–', rsplib ?? '–', canCapture ? 'yes' : 'no', time ?? 'nobody', ready]);
  }
  const lines = surveys.flatMap(({ ssh, missing, wanting }) => [
    ...missing.map(({ what, remedy }) => `${ssh}: missing ${what} → ${remedy}`),
    ...wanting.map(({ what, remedy }) => `${ssh}: without ${what} → ${remedy}`),
  ]);
  return `${[table.toString(), ...lines].join('\n')}\n`;
}

type Clocks = Awaited<ReturnType<typeof watchClocks>>;

export function clockTable(clocks: Clocks): string {
  const table = new Table({
    ...plain,
    head: ['host', 'ahead by', '±', 'drift', 'best round trip', 'exchanges', 'steady'],
  });
  for (const { ssh, offset, uncertainty, drift, driftUncertainty, bestRoundTrip, exchanges, steady } of clocks) {
    const ppm = (value: number) => (1e6 * value).toFixed(0);
    table.push([
      ...[ssh, `${offset.toFixed(6)} s`, formatDuration(uncertainty), `${ppm(drift)} ± ${ppm(driftUncertainty)} ppm`],
      ...[formatDuration(bestRoundTrip), exchanges, steady ? 'yes' : 'no: it was set'],
    ]);
  }
  return `${table}\n`;
}
