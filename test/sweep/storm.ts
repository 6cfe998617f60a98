/** A sweep through the queue while workers and the server are killed at random, and whether anything shows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { Server } from './redis.js';

const main = new URL('../../dist/harness/cli/main.js', import.meta.url).pathname;

/** A sweep of 8 points with so many runs of some 20 ms each. */
export const stormWords = (replications: number) => [
  ...['experiments/fig08-clean-shutdowns.ts', '--replications', String(replications)],
  ...['--set', 'policy=LeastUsed,Random', '--set', 'keepAlive=1,10', '--set', 'clean=0,0.5', '--set', 'measure=20min'],
];

export function rsplab(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (data) => (text[name] += data));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, ...text })),
  );
  return { child, ended, text };
}

export const folderIn = (out: string, experiment = 'fig08-clean-shutdowns'): string => {
  const [id] = existsSync(join(out, experiment)) ? readdirSync(join(out, experiment)) : [];
  return join(out, experiment, id ?? '');
};

export const runsDone = (folder: string): number => {
  const path = join(folder, 'ledger.ndjson');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
};

export interface Storm {
  readonly seed: number;
  readonly kills: number;
  readonly workers: number;
  readonly replications: number;
  /** Of the sweep, and of the server. */
  readonly out: string;
  readonly data: string;
  /** Seconds at the most between two kills. */
  readonly gapSeconds: number;
  readonly say?: (line: string) => void;
}

/** @returns how the sweep ended, how many were killed before it did, and what the server still has then */
export async function storm({ seed, kills, workers, replications, out, data, gapSeconds, say = () => {} }: Storm) {
  const random = xoroshiro128plus(seed);
  const server = await Server.start(data, ['--appendonly', 'yes', '--appendfsync', 'everysec']);
  const work = () => rsplab('work', server.address, '--jobs', '1', '--lock', '1s').child;
  const crew: ChildProcess[] = Array.from({ length: workers }, work);
  const killed = { workers: 0, servers: 0 };
  try {
    const sweep = rsplab(
      'sweep',
      ...stormWords(replications),
      '--queue',
      server.address,
      '--chunk',
      '1s',
      '--out',
      out,
    );
    let isOver = false;
    const ended = sweep.ended.finally(() => {
      isOver = true;
    });
    while (!isOver && runsDone(folderIn(out)) === 0) await sleep(20);
    for (let kill = 0; kill < kills && !isOver; kill++) {
      await sleep(uniformInt(random, 0, gapSeconds * 1e3));
      if (isOver) break;
      const victim = uniformInt(random, 0, workers);
      if (victim === workers) {
        await server.kill();
        await server.start();
        killed.servers++;
      } else {
        crew[victim]!.kill('SIGKILL');
        crew[victim] = work();
        killed.workers++;
      }
      say(
        `${kill + 1} of ${kills}: ${victim === workers ? 'server' : `worker ${victim + 1}`}, ${runsDone(folderIn(out))} runs done`,
      );
    }
    const end = await ended;
    for (const child of crew) child.kill('SIGTERM');
    await Promise.all(crew.map((child) => child.exitCode ?? new Promise((resolve) => child.once('exit', resolve))));
    // Who was killed is on the roster for some seconds more.
    const left = (await server.keys()).filter((key) => !/:workers?\b/.test(key));
    return { ...end, killed, left };
  } finally {
    for (const child of crew) child.kill('SIGKILL');
    await server.kill();
  }
}
