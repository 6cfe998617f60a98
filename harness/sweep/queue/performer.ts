/**
 * The process that does a worker's work. The worker's own one does none, so that a busy simulator never keeps it from
 * telling the queue that it lives; and it ends this one when it hangs.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { badInput } from '../../base/errors.js';
import { temporaryFolder } from '../../base/temporary.js';
import type { Result } from './parcel.js';

/** What a performer is asked to do. */
export interface Order {
  /** A packed chunk. */
  readonly work: string;
  /** Runs of it, by `keyOf`, that are wanted no more. */
  readonly without: readonly string[];
  /** Tells of each run at once: should the process die, the next run was the cause. */
  readonly isCareful: boolean;
}

/** What it says: results now and then, then that it is through; or that it cannot read the chunk. */
export type Message =
  | {
      readonly results: readonly Result[];
      readonly seconds: number;
      readonly silenceMost: number;
      /** The run that begins, from a careful one. */
      readonly next: Run | null;
    }
  | { readonly through: true }
  | { readonly refused: string };

export type Run = Pick<Result, 'point' | 'replication'>;
export type Told = Extract<Message, { results: unknown }>;
/** In answer to which it ends after the run that is under way. */
export const stop = 'stop';

/** Seconds for a process to start and read its chunk on a machine that is busy with other things. */
const startSeconds = 120;
/** Letters of what a process that died has said last. */
const lastWords = 300;

export const keyOf = ({ point, replication }: Run): string => `${point}/${replication}`;

/** Where a performer keeps the files of a run while it lasts. */
export const scratchOf = (pid: number): string => join(temporaryFolder(), `rsplab-work-${pid}`);

export class Performer {
  #child: ReturnType<typeof start> | undefined;

  /** Ends the process, which nobody works with any more, and removes what it kept. */
  async close(): Promise<void> {
    const child = this.#child;
    child?.kill('SIGKILL');
    await child;
    await this.#bury(child?.pid);
  }

  /** Asks for an end after the run that is under way. */
  stop(): void {
    if (this.#child?.connected) this.#child.send(stop);
  }

  /**
   * Has a chunk performed, by the process of the one before it or by a new one.
   * @param tell told of results as they come; stops the rest with false
   * @returns null, or why the process died before it was through
   * @throws HarnessError `bad-input` when it cannot read the chunk
   */
  async perform(order: Order, tell: (told: Told) => Promise<boolean>): Promise<string | null> {
    if (this.#child?.connected !== true) this.#child = start();
    const child = this.#child;
    let telling = Promise.resolve();
    let hung: string | undefined;
    let timer: NodeJS.Timeout | undefined;
    const expectWithin = (seconds: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        hung = `its process gave no sign for ${Math.round(seconds)} s`;
        child.kill('SIGKILL');
      }, seconds * 1e3);
    };
    const heard = new Promise<string | null>((resolve, reject) => {
      child.on('message', (message: Message) => {
        if ('refused' in message) reject(badInput(message.refused));
        else if ('through' in message) resolve(null);
        else {
          expectWithin(message.silenceMost);
          telling = telling.then(async () => {
            if (!(await tell(message))) this.stop();
          });
          telling.catch(reject);
        }
      });
      child.then(({ exitCode, signal, stderr }) => {
        const words = String(stderr ?? '')
          .trim()
          .split('\n')
          .at(-1)!
          .slice(-lastWords);
        resolve(hung ?? `its process ended with ${signal ?? `code ${exitCode}`}${words && `: ${words}`}`);
      }, reject);
    });
    try {
      expectWithin(startSeconds);
      child.send(order, () => {});
      const died = await heard;
      await telling;
      if (died !== null) await this.#bury(child.pid);
      return died;
    } finally {
      clearTimeout(timer);
      child.removeAllListeners('message');
    }
  }

  async #bury(pid: number | undefined): Promise<void> {
    this.#child = undefined;
    if (pid !== undefined) await rm(scratchOf(pid), { recursive: true, force: true });
  }
}

function start() {
  const module = fileURLToPath(new URL('./perform-process.js', import.meta.url));
  const source = import.meta.url.endsWith('.ts');
  return execa(process.execPath, source ? ['--import', 'tsx', module.replace(/\.js$/, '.ts')] : [module], {
    ...{ ipc: true, stdin: 'ignore', stdout: 'ignore', reject: false },
    // Of warnings there may be any number; only the last ones tell why it died.
    buffer: { stderr: true, ipc: false },
    maxBuffer: { stderr: 65_536 },
    // Ctrl-C in a terminal is for the worker alone, who then ends this one in good order.
    detached: true,
  });
}
