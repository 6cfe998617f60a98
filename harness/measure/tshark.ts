import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../base/cache.js';
import { labBroken, messageOf } from '../base/errors.js';
import { toolEnvironment } from '../base/tools.js';

/** How the reading of a capture ended. */
export interface Reading {
  /** The file ends in the middle of a packet: its writer was killed. All before that was read. */
  truncated: boolean;
}

/** What tshark printed of a capture, many lines at a time. */
export type CaptureLines = () => AsyncIterable<string[]>;

/**
 * tshark with its defaults: preferences, disabled protocols, other decodings and plugins of whoever runs it would take
 * captures apart in other ways. Nothing need be in that folder.
 */
function environment(): Record<string, string> {
  const own = join(cacheFolder(), 'wireshark');
  return { ...toolEnvironment(), WIRESHARK_CONFIG_DIR: own, HOME: own, XDG_CONFIG_HOME: own, XDG_DATA_HOME: own };
}

/**
 * As it calls itself, e.g. `TShark (Wireshark) 4.0.17 (…)`.
 * @throws HarnessError `lab-broken` when tshark is missing or does not say
 */
export async function tsharkVersion(): Promise<string> {
  const { stdout, failed, cause, stderr } = await execa('tshark', ['--version'], {
    env: environment(),
    stdin: 'ignore',
    reject: false,
  });
  const line = stdout?.split('\n')[0]?.trim();
  if (!failed && line) return line;
  if (isMissing(cause)) throw notFound(cause);
  throw labBroken(`tshark does not say its version: ${complaint(stderr ?? '') || messageOf(cause)}`, cause);
}

/**
 * Runs tshark and yields what it prints, many lines at a time, while it works: memory does not grow with the capture.
 * @param reading is filled in when the lines end
 * @throws HarnessError `lab-broken` when tshark is missing, or fails for another reason than a truncated file
 */
export async function* tsharkLines(
  args: readonly string[],
  reading: Reading,
  signal?: AbortSignal,
): AsyncGenerator<string[]> {
  const subprocess = execa('tshark', args, {
    env: environment(),
    stdin: 'ignore',
    buffer: { stdout: false, stderr: true },
    reject: false,
    ...(signal && { cancelSignal: signal }),
  });
  let rest = '';
  let printed = false;
  try {
    subprocess.stdout.setEncoding('latin1');
    for await (const chunk of subprocess.stdout as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      if (lines.length > 0) yield lines;
    }
    printed = true;
  } finally {
    // A reader that stops early leaves tshark writing into a full pipe.
    if (!printed) subprocess.kill();
  }
  const { exitCode, stderr, cause, failed } = await subprocess;
  signal?.throwIfAborted();
  reading.truncated = /cut short/.test(stderr);
  if (failed && !reading.truncated) {
    if (isMissing(cause)) throw notFound(cause);
    throw labBroken(`tshark could not read the capture: ${complaint(stderr) || messageOf(cause ?? exitCode)}`, cause);
  }
  if (rest !== '') yield [rest];
}

const isMissing = (cause: unknown): boolean => (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';

const notFound = (cause: unknown) => labBroken('tshark, which takes captures apart, was not found', cause);

const complaint = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^Running as user/.test(line))
    .join(' ')
    .trim();
