/**
 * What sweeping through the queue costs: `npm run bench:queue -- scaling`, `tiny` or `storm`. Prints numbers; wants an idle
 * machine, since workers, server and sweep share its processors.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Server } from '../sweep/redis.js';
import { folderIn, rsplab, storm, stormWords } from '../sweep/storm.js';

const home = mkdtempSync(join(tmpdir(), 'rsplab-bench-'));
let folders = 0;
const newFolder = () => join(home, String(++folders));

interface Timed {
  readonly seconds: number;
  readonly folder: string;
}

async function timed(words: readonly string[], experiment: string): Promise<Timed> {
  const out = newFolder();
  const began = performance.now();
  const { code, stderr } = await rsplab('sweep', ...words, '--out', out).ended;
  if (code !== 0) throw new Error(stderr);
  return { seconds: (performance.now() - began) / 1e3, folder: folderIn(out, experiment) };
}

const same = (a: Timed, b: Timed): string =>
  ['table.csv', 'runs.csv'].every((name) =>
    readFileSync(join(a.folder, name)).equals(readFileSync(join(b.folder, name))),
  )
    ? 'same tables'
    : 'OTHER TABLES';

/** As many workers, each with one run at a time, that have done something already. */
async function crewOf(server: Server, size: number) {
  const crew = Array.from({ length: size }, () => rsplab('work', server.address, '--jobs', '1'));
  for (const { text } of crew) while (!text.stderr.includes('at a time')) await sleep(50);
  return {
    async go() {
      for (const { child } of crew) child.kill('SIGTERM');
      await Promise.all(crew.map(({ ended }) => ended));
    },
  };
}

async function compare(words: readonly string[], experiment: string, runs: number, sizes: readonly number[]) {
  const server = await Server.start(home);
  const redis = new Redis(server.address);
  const memory = async () => Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
  const local = await timed([...words, '--jobs', '2'], experiment);
  console.log(`local, 2 threads: ${local.seconds.toFixed(1)} s, ${(runs / local.seconds).toFixed(0)} runs/s`);
  for (const size of sizes) {
    const crew = await crewOf(server, size);
    const before = await memory();
    let peak = before;
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        peak = Math.max(peak, await memory());
        await sleep(100);
      }
    })();
    const queue = await timed([...words, '--queue', server.address], experiment);
    isOver = true;
    await watching;
    await crew.go();
    const extra = ((queue.seconds * Math.min(size, 2) - local.seconds * 2) / runs) * 1e3;
    console.log(
      `queue, ${size} workers: ${queue.seconds.toFixed(1)} s, ${(runs / queue.seconds).toFixed(0)} runs/s, ` +
        `${extra.toFixed(2)} ms of a processor more per run; server's memory at most ${((peak - before) / 1024).toFixed(0)} KiB more; ` +
        same(local, queue),
    );
  }
  redis.disconnect();
  await server.kill();
}

const benches: Record<string, () => Promise<void>> = {
  scaling: () =>
    compare(['experiments/fig08-clean-shutdowns.ts', '--replications', '15'], 'fig08-clean-shutdowns', 405, [1, 2, 4]),
  tiny: () => compare(['test/bench/tiny.ts', '--replications', '100'], 'tiny', 100_000, [2]),
  async storm() {
    const replications = 400;
    const quiet = await timed([...stormWords(replications), '--jobs', '2'], 'fig08-clean-shutdowns');
    const [out, data] = [newFolder(), home];
    const how = { seed: 1, kills: 50, workers: 3, replications, out, data, gapSeconds: 1.5, say: console.log };
    const { code, stderr, killed, left } = await storm(how);
    const stormy = { seconds: 0, folder: folderIn(out) };
    console.log(
      `exit code ${code}, killed ${killed.workers} workers and ${killed.servers} servers; left in it: ${left.length} keys`,
    );
    console.log(same(quiet, stormy));
    console.log(stderr);
  },
};

try {
  for (const name of process.argv.slice(2)) {
    console.log(`${name}:`);
    await benches[name]!();
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
