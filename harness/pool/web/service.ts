/** A web server as somebody's own program: a process that listens where the variable PORT says. */
import { execa } from 'execa';
import { messageOf } from '../../base/errors.js';
import { lastLines } from '../files.js';

export interface Service {
  /** Resolves with how it ended, for people; never rejects. */
  readonly ended: Promise<string>;
  /** Asks it to leave, and ends it when it does not. */
  stop(): Promise<void>;
}

/** Whoever is asked to leave has this long. */
const farewellSeconds = 1;

export interface ServiceOptions {
  readonly port: number;
  /** Where its relative paths begin. */
  readonly workspace: string;
  /** `log`: it prints where this process prints. `keep`: its last words are part of how it ended. */
  readonly output: 'log' | 'keep';
}

/** Of a stack of calls, what they failed with; otherwise the last words. */
const complaintIn = (text: string): string =>
  text
    .split('\n')
    .find((line) => /^(\w*Error\b|Uncaught)/.test(line))
    ?.trim() ?? lastLines(text, 2);

export function startService(command: readonly string[], { port, workspace, output }: ServiceOptions): Service {
  const [program, ...rest] = command;
  const child = execa(program!, rest, {
    ...{ cwd: workspace, env: { PORT: String(port) }, stdin: 'ignore', reject: false },
    ...(output === 'log' ? { stdout: 'inherit', stderr: 'inherit', buffer: false } : { all: true, maxBuffer: 2 ** 20 }),
    forceKillAfterDelay: 1e3 * farewellSeconds,
  });
  const ended = child.then(({ exitCode, signal, cause, all }) => {
    if (child.pid === undefined) return `it cannot be started: ${messageOf(cause)}`;
    const words = typeof all === 'string' ? complaintIn(all) : '';
    return `it ended with ${signal ?? `exit code ${exitCode}`}${words ? `: ${words}` : ''}`;
  });
  return {
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
