import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labBroken } from '../base/errors.js';
import { waitFor } from '../base/wait.js';
import type { CaptureReport, LabContext, LabProcess, StartOptions } from './lab.js';

export const captureFile = 'capture.pcapng';
const captureLog = 'logs/dumpcap.log';

/** Twice as long as the kernel keeps packets before it hands them over (`CAP_READ_TIMEOUT` of dumpcap: 250 ms). */
const handOverSeconds = 0.5;

/** A running capture of all networks of a lab. */
export interface Capture {
  readonly process: LabProcess;
  stop(): Promise<CaptureReport>;
}

/**
 * Records every network's bridge into one file, one interface per network.
 * @param start starts a command where the bridges are
 * @throws HarnessError `lab-broken` when it does not begin within ten seconds
 */
export async function startCapture(
  networks: readonly string[],
  { folder, clock, virtualTime = false }: Pick<LabContext, 'folder' | 'clock' | 'virtualTime'>,
  start: (command: readonly string[], options: StartOptions) => Promise<LabProcess>,
): Promise<Capture> {
  const interfaces = networks.flatMap((name) => ['-i', name]);
  // Kernel buffer per interface: a busy lab kernel may leave dumpcap waiting for a second or more. In virtual time it
  // never waits that long, and making so much memory ready costs more instructions than all else that it does.
  const bufferMiB = virtualTime ? 4 : 64;
  // It writes into a file that we opened, because it gives up root's right to open those of the user who booted the lab
  // kernel. And 64 MiB of its own: it would throw away what exceeds its default of 1000 packets in a burst.
  const queue = ['-C', String(2 ** 26), '-N', '1000000'];
  const command = ['dumpcap', '-q', '-B', String(bufferMiB), ...queue, ...interfaces, '-w', '-'];
  const process = await start(command, { log: captureLog, output: captureFile, workingDirectory: folder });
  const log = () => readFile(join(folder, captureLog), 'utf8');
  await waitFor('the capture to begin', async () => ((await log()).includes('File:') ? true : undefined), {
    clock,
    withinSeconds: 10,
  }).catch(async (cause) => {
    throw labBroken(`The capture did not begin: ${(await log()).trim() || 'dumpcap said nothing'}`, cause);
  });
  return {
    process,
    async stop() {
      // Dumpcap does not ask once more for what the kernel has not handed over yet, and that is not counted as lost.
      await clock.sleepUntil(clock.now() + handOverSeconds);
      process.signal('SIGINT');
      await process.ended;
      return captureReport(join(folder, captureFile), await log());
    },
  };
}

/**
 * Reads dumpcap's closing words: `Packets received/dropped on interface 'red': 456/3 (…flushed:1…)`. What it calls
 * flushed came while it was being ended, and is nobody's loss.
 */
export function captureReport(file: string, log: string): CaptureReport {
  const counts = [...log.matchAll(/on interface '[^']*': (\d+)\/(\d+)(?:.*?flushed:(\d+))?/g)];
  return {
    file,
    captured: counts.reduce((sum, [, received]) => sum + Number(received), 0),
    dropped: counts.reduce((sum, [, , dropped, flushed]) => sum + Number(dropped) - Number(flushed ?? 0), 0),
  };
}
