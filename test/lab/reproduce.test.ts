/** Measured numbers can be had again: a row that a worker of a queue measured in virtual time, here, to the digit. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { program, Server, until } from '../sweep/redis.js';
import { folderIn, rsplab } from '../sweep/storm.js';
import { rowsOf } from '../sweep/sweeps.js';
import { temporaryFolder } from '../temporary.js';
import { labTest } from './available.js';

labTest('a row of a measured sweep is the same to the digit, whoever measured it', async () => {
  const out = temporaryFolder();
  const server = program ? await Server.start(temporaryFolder()) : null;
  const worker = server && rsplab('work', server.address, '--on', 'virtual', '--jobs', '1');
  try {
    if (worker) await until('a worker', () => worker.text.stderr.includes('1 at a time'));
    const sweep = ['test/lab/experiments/gated.ts', '--on', 'virtual', '--replications', '1', '--set', 'measure=6'];
    const where = server ? ['--queue', server.address] : [];
    const swept = await rsplab('sweep', ...sweep, ...where, '--out', out).ended;
    expect(swept.code, swept.stderr).toBe(0);
    const table = `${folderIn(out, 'gated')}/runs.csv`;
    const rows = rowsOf(readFileSync(table, 'utf8'));
    expect(rows).toHaveLength(1);
    expect(rows[0]!.fingerprint).toMatch(/^[0-9a-f]{12}$/);
    const { code, stdout } = await rsplab('reproduce', table, '--row', '1', '--out', out, '--json').ended;
    expect(JSON.parse(stdout).map(({ outcome }: { outcome: string }) => outcome)).toEqual(['identical']);
    expect(code).toBe(0);
  } finally {
    worker?.child.kill('SIGTERM');
    await worker?.ended;
    await server?.kill();
  }
});
