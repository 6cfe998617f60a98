/** What the host hands to the lab kernel, as `job.json` in the job's folder. */
export interface Job {
  /** Compiled module to run inside; exports {@link Inside} as `inside`. */
  readonly module: string;
  readonly input: unknown;
  readonly environment: Readonly<Record<string, string>>;
  /** Folder for `modprobe -d`. */
  readonly modules: string;
}

/** Runs inside the lab kernel; the number is the job's exit code. The signal is raised when the host asks to stop. */
export type Inside = (input: unknown, signal: AbortSignal) => Promise<number>;

/** In one line on the console: how the job ended. */
export const exitLine = /^rsplab-guest-exit (\d+)$/;

/** What the host says on the console to have the job end in good order. Its silence (end of file) ends it at once. */
export const stopWord = 'stop';
