import { execa } from 'execa';
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
    env: toolEnvironment(),
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
    if (isMissing(cause)) throw labBroken('tshark, which takes captures apart, was not found', cause);
    throw labBroken(`tshark could not read the capture: ${complaint(stderr) || messageOf(cause ?? exitCode)}`, cause);
  }
  if (rest !== '') yield [rest];
}

const isMissing = (cause: unknown): boolean => (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';

const complaint = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^Running as user/.test(line))
    .join(' ')
    .trim();
