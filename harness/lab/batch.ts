import { execa } from 'execa';
import { labBroken, messageOf } from '../base/errors.js';

/**
 * A long-lived `ip -batch -` or `tc -batch -`: starting a process costs 20–60 ms in a lab kernel, a line on its
 * standard input well under one. Commands run in order; each batch ends with a question whose answer shows that it is
 * done.
 */
export class BatchTool {
  readonly #process: ReturnType<typeof startTool>;
  readonly #argv: string;
  readonly #question: string;
  #out = '';
  #err = '';
  #waiting: { resolve: (answer: string) => void; reject: (error: unknown) => void } | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /**
   * @param argv the tool with its options, e.g. `ip -n NAMESPACE`
   * @param question a harmless command that prints one line of JSON
   */
  constructor(argv: readonly string[], question: readonly string[], environment: Record<string, string>) {
    this.#argv = argv.join(' ');
    this.#question = question.join(' ');
    this.#process = startTool(argv, environment);
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
    });
    this.#process.then(() => this.#waiting?.reject(labBroken(`${this.#argv} ended: ${this.#err.trim()}`)));
  }

  /**
   * Runs the commands, then a question of the caller's (or the tool's own).
   * @returns the answer, parsed
   * @throws HarnessError `lab-broken` with what the tool complained about
   */
  run(commands: readonly (readonly string[])[], question?: readonly string[]): Promise<unknown[]> {
    const turn = this.#queue.then(() => this.#run(commands, question?.join(' ') ?? this.#question));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #run(commands: readonly (readonly string[])[], question: string): Promise<unknown[]> {
    this.#err = '';
    const answer = await new Promise<string>((resolve, reject) => {
      const late = () =>
        reject(labBroken(`${this.#argv} gave no answer within ${patienceMs / 1e3} s: ${this.#err.trim()}`));
      const timer = setTimeout(late, patienceMs);
      this.#waiting = {
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject,
      };
      this.#process.stdin.write(`${[...commands.map((words) => words.join(' ')), question].join('\n')}\n`);
    });
    const complaint = this.#err.trim();
    if (complaint) {
      throw labBroken(`${this.#argv}: ${complaint}`);
    }
    return JSON.parse(answer) as unknown[];
  }

  // The tool prints each answer as one JSON array on its own line and flushes it, then a blank line.
  #take(text: string): void {
    this.#out += text;
    const end = this.#out.indexOf(']\n');
    if (end < 0) return;
    const answer = this.#out.slice(0, end + 1);
    this.#out = this.#out.slice(end + 2).trimStart();
    // Standard error comes by another pipe: give what was written before the answer time to arrive.
    setImmediate(() => this.#waiting?.resolve(answer));
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
    await this.#process;
  }
}

/** The answer to a question may wait for thousands of commands before it. */
const patienceMs = 60_000;

// -force: one failing line must not end the tool, for the next batch still needs it.
const startTool = ([file, ...rest]: readonly string[], environment: Record<string, string>) =>
  execa(file!, [...rest, '-force', '-json', '-batch', '-'], {
    buffer: false,
    reject: false,
    env: environment,
    stdin: 'pipe',
  });

/**
 * Runs one batch and waits for its end.
 * @param argv the tool with its options, e.g. `ip -n NAMESPACE`
 * @throws HarnessError `lab-broken` with the command that failed
 */
export async function runBatch(
  [tool, ...options]: readonly string[],
  batch: readonly (readonly string[])[],
  environment: Record<string, string>,
): Promise<void> {
  const input = batch.map((words) => `${words.join(' ')}\n`).join('');
  await execa(tool!, [...options, '-batch', '-'], { env: environment, input }).catch((error) => {
    const line = /Command failed -:(\d+)/.exec(messageOf(error))?.[1];
    const words = line ? batch[Number(line) - 1]?.join(' ') : '';
    throw labBroken(`${tool} ${options.join(' ')} failed at '${words}': ${error.stderr ?? messageOf(error)}`, error);
  });
}
