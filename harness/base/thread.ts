/**
 * Long computations in a thread of their own, so that this one stays free to tell how they go and to listen to signals.
 * The module that a thread runs calls {@link serve}.
 */
import { fileURLToPath } from 'node:url';
import { getHeapStatistics } from 'node:v8';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { HarnessError, labBroken, messageOf } from './errors.js';

export interface ThreadOptions {
  readonly signal: AbortSignal;
  /** Seconds that the thread has, once the signal is aborted, to come to an end by itself. */
  readonly graceSeconds: number;
  /** What its objects may take, MiB. */
  readonly memoryMiB?: number;
  /** Told how far it has come, between 0 and 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** What the work in a thread sees of the outside. */
export interface Outside {
  /** Whether somebody wants the work to end. */
  readonly isStopping: () => boolean;
  readonly tell: (share: number) => void;
}

type Message =
  | { readonly share: number }
  | { readonly result: unknown }
  | { readonly code: HarnessError['code'] | null; readonly message: string; readonly stack: string };

/**
 * Runs a module in a thread.
 * @param module as `new URL('./….js', import.meta.url)`; its TypeScript where this runs from the sources
 * @param input what can be cloned
 * @throws HarnessError `lab-broken` when the memory did not suffice; what the work throws; the signal's reason when it
 * did not end in time
 */
export async function inThread<Output>(module: URL, input: unknown, options: ThreadOptions): Promise<Output> {
  const { signal, graceSeconds, memoryMiB } = options;
  const fromSource = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(module);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(fromSource ? file.replace(/\.js$/, '.ts') : file, {
    workerData: { input, stop },
    ...(fromSource && { execArgv: ['--import', 'tsx'] }),
    ...(memoryMiB !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memoryMiB } }),
  });
  let late: NodeJS.Timeout | undefined;
  const onAbort = () => {
    Atomics.store(stop, 0, 1);
    late = setTimeout(() => void worker.terminate(), graceSeconds * 1e3);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return (await outputOf(worker, options)) as Output;
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}

function outputOf(worker: Worker, { signal, onProgress }: ThreadOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: Message) => {
      if ('share' in message) onProgress?.(message.share);
      else if ('result' in message) resolve(message.result);
      else if (message.code) reject(new HarnessError(message.code, message.message));
      else reject(Object.assign(new Error(message.message), { stack: message.stack }));
    });
    worker.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? labBroken('The memory did not suffice', error) : error),
    );
    worker.once('exit', () => reject(signal.aborted ? signal.reason : labBroken('The thread ended by itself')));
  });
}

/** Does the work of the thread that this module runs in. */
export function serve<Input, Output>(work: (input: Input, outside: Outside) => Output | Promise<Output>): void {
  const { input, stop } = workerData as { input: Input; stop: Int32Array };
  const send = (message: Message) => parentPort!.postMessage(message);
  const outside: Outside = {
    isStopping: () => Atomics.load(stop, 0) !== 0,
    tell: (share) => send({ share }),
  };
  Promise.resolve()
    .then(() => work(input, outside))
    .then(
      (result) => send({ result }),
      (error: unknown) => {
        const known = error instanceof HarnessError;
        const stack = error instanceof Error ? (error.stack ?? '') : '';
        send({ code: known ? error.code : null, message: messageOf(error), stack });
      },
    );
}

/** The share of the memory that this thread's objects may take which they do take. */
export function heapInUse(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used / limit;
}
