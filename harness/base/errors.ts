/**
 * Everything rsplab throws on purpose. `code` is stable and decides the exit code; the message is one sentence for a
 * person. Checked by `code`, never by class: an experiment file may have loaded its own copy of this module.
 */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
  constructor(
    readonly code: 'bad-input' | 'lab-broken' | 'interrupted',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What was asked for cannot be: found before anything is started. Exit code 2. */
export const badInput = (message: string, cause?: unknown): HarnessError =>
  new HarnessError('bad-input', message, cause === undefined ? undefined : { cause });

/** The lab, not the subject, failed, so nothing is known about the subject. Exit code 3. */
export const labBroken = (message: string, cause?: unknown): HarnessError =>
  new HarnessError('lab-broken', message, cause === undefined ? undefined : { cause });

/** Somebody asked to stop (Ctrl-C, SIGTERM, the console closed). Exit code 3: the run is unknown. */
export const interrupted = (message: string): HarnessError => new HarnessError('interrupted', message);

/** The stable code of a thrown thing, whichever copy of the class made it; undefined for a programmer's error. */
export function codeOf(error: unknown): HarnessError['code'] | undefined {
  return error instanceof Error && error.name === 'HarnessError' ? (error as HarnessError).code : undefined;
}

/** What the operating system refused: a full disk, a missing permission, too many open files. Its message says all. */
export const isOfTheSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'errno' in error;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
