/** The process's output, which may have nobody to read it, or no room. */

export interface WatchedOutput {
  /** Waits until all is written. @returns why the standard output is not; undefined when it is, or nobody reads it */
  flush(): Promise<Error | undefined>;
}

/** From now on, output that cannot be written is remembered instead of thrown: it must not take the work with it. */
export function watchOutput(): WatchedOutput {
  let lost: NodeJS.ErrnoException | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    lost ??= error;
  });
  process.stderr.on('error', () => {});
  return {
    async flush() {
      await Promise.all([written(process.stdout), written(process.stderr)]);
      // A reader that has seen enough, as in `| head -1`, loses nothing.
      return lost?.code === 'EPIPE' ? undefined : lost;
    },
  };
}

/** Called back in order, and at once by a stream that is broken; its error event comes before. */
const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => setImmediate(resolve)));
