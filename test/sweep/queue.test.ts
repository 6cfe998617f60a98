/** Sweeps that others run: the queue, its workers, and whatever may happen to them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, messageOf } from '../../harness/base/errors.js';
import { findOnMachine } from '../../harness/base/tools.js';
import { checkServer, prefix, shownAddress } from '../../harness/sweep/queue/address.js';
import { temporaryFolder } from '../temporary.js';
import { freePort, program, Server, until } from './redis.js';
import { folderIn, rsplab, runsDone, storm, stormWords } from './storm.js';
import { runsOf, tableOf } from './sweeps.js';

const replications = 25;
const words = stormWords(replications);
const runs = 8 * replications;

let local: string;
let server: Server;
beforeAll(async () => {
  if (!program) return;
  const out = temporaryFolder();
  server = await Server.start(temporaryFolder());
  const { code } = await rsplab('sweep', ...words, '--jobs', '2', '--out', out).ended;
  expect(code).toBe(0);
  local = folderIn(out);
}, 120_000);
afterAll(() => server?.kill());

const expectSame = (folder: string) => {
  expect(tableOf(folder)).toBe(tableOf(local));
  expect(runsOf(folder)).toBe(runsOf(local));
};
const sweepThrough = (out: string, ...more: string[]) =>
  rsplab('sweep', ...words, '--queue', server.address, '--out', out, ...more);
const workFor = (address = server.address) => rsplab('work', address, '--jobs', '1', '--lock', '1s');

async function dismissed(...workers: ReturnType<typeof rsplab>[]) {
  for (const { child } of workers) child.kill('SIGTERM');
  const ends = await Promise.all(workers.map(({ ended }) => ended));
  expect(ends.map(({ code }) => code)).toEqual(workers.map(() => 0));
  return ends.map(({ stdout }) => Number(/^(\d+) runs done/m.exec(stdout)?.[1]));
}

describe.skipIf(!program)('a sweep through the queue', { timeout: 180_000 }, () => {
  it('has the tables of a local one, byte for byte, shares the work, and leaves nothing', async () => {
    const out = temporaryFolder();
    const workers = [workFor(), workFor()];
    for (const { text } of workers) await until('a worker', () => text.stderr.includes('1 at a time'));
    const { code, stderr } = await sweepThrough(out, '--chunk', '1s').ended;
    expect(stderr).not.toContain('queue:');
    expect(code).toBe(0);
    const done = await dismissed(...workers);
    expect(done.reduce((sum, each) => sum + each, 0)).toBe(runs);
    expect(Math.min(...done)).toBeGreaterThan(0);
    expectSame(folderIn(out));
    expect(await server.keys()).toEqual([]);
  });

  it('is as it was never killed, when workers and a server that remembers were: six at random', async () => {
    const out = temporaryFolder();
    const how = { seed: 7, kills: 6, workers: 2, replications, gapSeconds: 0.6 };
    const { code, stderr, killed, left } = await storm({ ...how, out, data: temporaryFolder() });
    expect(stderr).not.toContain('Failed');
    expect(code).toBe(0);
    expect(killed.workers + killed.servers).toBeGreaterThanOrEqual(3);
    expectSame(folderIn(out));
    expect(left).toEqual([]);
  });

  it('is filled again from the ledger when the server has forgotten all', async () => {
    const own = await Server.start(temporaryFolder());
    const out = temporaryFolder();
    const worker = workFor(own.address);
    const sweep = rsplab('sweep', ...words, '--queue', own.address, '--chunk', '1s', '--out', out);
    await until('results', () => runsDone(folderIn(out)) > 10);
    await own.kill();
    await own.start();
    expect((await sweep.ended).code).toBe(0);
    await dismissed(worker);
    await own.kill();
    expectSame(folderIn(out));
  });

  it('is left by a worker that is asked to go, though the server is gone for good', async () => {
    const own = await Server.start(temporaryFolder());
    const worker = workFor(own.address);
    const sweep = rsplab('sweep', ...words, '--queue', own.address, '--out', temporaryFolder());
    await until('work', async () => (await own.keys()).some((key) => key.endsWith(':active')));
    await own.kill();
    await dismissed(worker);
    sweep.child.kill('SIGKILL');
    await sweep.ended;
  });

  it('waits for workers and says so, ends in good order, and is gone on with', async () => {
    const out = temporaryFolder();
    const sweep = sweepThrough(out);
    await until('a word', () => sweep.text.stderr.includes('no worker is there'));
    expect((await server.keys()).some((key) => key.includes(':sweep:'))).toBe(true);
    sweep.child.kill('SIGINT');
    const { code, stderr } = await sweep.ended;
    expect(stderr).toContain(`--resume ${folderIn(out)}`);
    expect(code).toBe(3);
    expect(await server.keys()).toEqual([]);
    const worker = workFor();
    expect((await rsplab('sweep', '--resume', folderIn(out), '--queue', server.address).ended).code).toBe(0);
    await dismissed(worker);
    expectSame(folderIn(out));
  });

  it('gives back what a worker that is asked to go has not begun', async () => {
    const out = temporaryFolder();
    const [first, sweep] = [workFor(), sweepThrough(out, '--chunk', '5s')];
    await until('results', () => runsDone(folderIn(out)) > 0);
    const [done] = await dismissed(first);
    expect(done).toBeLessThan(runs);
    const second = workFor();
    expect((await sweep.ended).code).toBe(0);
    const [rest] = await dismissed(second);
    expect(done! + rest!).toBe(runs);
    expectSame(folderIn(out));
  });

  it('has work of a dead sweep dropped', async () => {
    const out = temporaryFolder();
    const sweep = sweepThrough(out);
    await until('a chunk', async () => (await server.keys()).some((key) => key.endsWith(':wait')));
    sweep.child.kill('SIGKILL');
    await sweep.ended;
    const redis = new Redis(server.address);
    await redis.del(await redis.keys(`${prefix}:sweep:*`));
    redis.disconnect();
    const worker = workFor();
    await until('an empty queue', async () => (await server.keys()).every((key) => /:workers?\b/.test(key)));
    expect(await dismissed(worker)).toEqual([0]);
    expect(runsDone(folderIn(out))).toBe(0);
  });
});

describe.skipIf(!program)('the address', () => {
  it('may have a user, a password and TLS, and no message shows the password', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert];
    if (!findOnMachine('openssl')) return;
    execFileSync('openssl', [...made, ...names], { stdio: 'ignore' });
    const tls = [
      '--tls-port',
      String(port),
      '--tls-cert-file',
      cert,
      '--tls-key-file',
      key,
      '--tls-auth-clients',
      'no',
    ];
    const own = await Server.start(folder, ['--appendonly', 'no', ...tls]);
    const redis = new Redis(own.address);
    await redis.acl('SETUSER', 'lab', 'on', '>secret', '~*', '&*', '+@all');
    redis.disconnect();
    const address = (password: string) => `rediss://lab:${password}@127.0.0.1:${port}`;
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: cert };
    const tried = (password: string) => {
      const module = new URL('../../dist/harness/sweep/queue/address.js', import.meta.url).href;
      const script = `import('${module}').then((m) => m.checkServer('${address(password)}', '--queue')).then(() => console.log('in'), (e) => console.log(e.message))`;
      return String(execFileSync(process.execPath, ['-e', script], { env }));
    };
    expect(tried('secret')).toBe('in\n');
    expect(tried('wr0ng')).toMatch(/expected a server of Redis at rediss:\/\/lab:…@127.0.0.1:\d+, got: WRONGPASS/);
    expect(tried('wr0ng')).not.toContain('wr0ng');
    // A certificate that nobody vouches for is no TLS.
    await expect(checkServer(address('secret'), '--queue')).rejects.toThrow(/self-signed certificate/);
    await own.kill();
  });

  it.each([
    ['http://127.0.0.1', /--queue: expected redis:\/\/HOST:PORT.* got http:\/\/127.0.0.1/],
    ['localhost', /--queue: expected redis:\/\/HOST:PORT.* got no address/],
    ['redis://127.0.0.1:1', /expected a server of Redis at redis:\/\/127.0.0.1:1, got: .*ECONNREFUSED/],
  ])('%s is refused in one sentence', async (address, sentence) => {
    const refused = await checkServer(address, '--queue').catch((error: unknown) => error);
    expect(codeOf(refused)).toBe('bad-input');
    expect(messageOf(refused)).toMatch(sentence);
  });

  it('of a server that may forget is refused', async () => {
    const own = await Server.start(temporaryFolder(), ['--maxmemory', '10mb', '--maxmemory-policy', 'allkeys-lru']);
    await expect(checkServer(own.address, '--queue')).rejects.toThrow(/forgets nothing .* got allkeys-lru/);
    await own.kill();
  });

  it('is shown without what nobody else should know', () => {
    expect(shownAddress('rediss://user:secret@host:1/2')).toBe('rediss://user:…@host:1/2');
    expect(shownAddress('redis://:secret@host')).not.toContain('secret');
  });
});
