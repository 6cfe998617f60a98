/** What a lab kernel is given to do, and how it and the host speak with each other on its console. */

/** What the host hands to the lab kernel. */
export interface Job {
  /** Compiled module to run inside; exports {@link Inside} as `inside`. */
  readonly module: string;
  readonly input: unknown;
}

/** The host, as a job sees it from inside. */
export interface Host {
  /** Labels what the job makes. */
  readonly session: string;
  /** Where results go; has a folder `logs`. */
  readonly folder: string;
  /** Whether the kernel's clock is a count of instructions, so that nothing can be late for want of a CPU outside. */
  readonly virtualTime: boolean;
  /** Raised when the host asks to stop. */
  readonly signal: AbortSignal;
  /** Tells it one line. */
  tell(line: string): void;
}

/** Runs inside the lab kernel; the number is the job's exit code. */
export type Inside = (input: unknown, host: Host) => Promise<number>;

/** In one line on the console: how the job ended. */
export const exitLine = /^rsplab-guest-exit (\d+)$/;

/** What the host says on the console to have the job end in good order. */
export const stopWord = 'stop';
