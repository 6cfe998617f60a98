/** A server of Redis for tests: on loopback, at a free port, and gone when the tests of its file are over. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findOnMachine } from '../../harness/base/tools.js';

export const program = findOnMachine('redis-server');

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Server {
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly options: readonly string[],
  ) {}

  /** @param options none keep anything when it ends */
  static async start(folder: string, options: readonly string[] = ['--appendonly', 'no']): Promise<Server> {
    const server = new Server(await freePort(), folder, options);
    await server.start();
    return server;
  }

  get address(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', this.folder];
    this.#process = spawn(program!, [...own, ...this.options], { stdio: 'ignore' });
    await this.ready();
  }

  async ready(): Promise<void> {
    const redis = new Redis(this.address, { retryStrategy: () => 50, maxRetriesPerRequest: null });
    redis.on('error', () => {});
    await redis.ping();
    redis.disconnect();
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** Keys that are not BullMQ's own five of a team, which stay. */
  async keys(): Promise<string[]> {
    const redis = new Redis(this.address);
    const keys = await redis.keys('*');
    redis.disconnect();
    return keys.filter((key) => !/:(meta|events|stalled-check|id|marker)$/.test(key)).sort();
  }
}

export async function until(what: string, isSo: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  for (let tries = 0; tries < seconds * 20; tries++) {
    if (await isSo()) return;
    await sleep(50);
  }
  throw new Error(`Waited ${seconds} s for ${what}, in vain`);
}
