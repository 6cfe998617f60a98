/** What is refused of a pool of web servers, in one sentence and before anything is measured. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolvePlan } from '../../../harness/experiment/plan.js';
import type { WebElementOptions, WebUserOptions } from '../../../harness/experiment/web.js';
import { experiment, hosts, network, registrar, s, topology, webElement, webUser } from '../../../harness/index.js';
import { checkPool } from '../../../harness/pool/driver/check.js';
import { serviceFiles } from '../../../harness/pool/web/files.js';
import { checkK6 } from '../../../harness/pool/web/k6.js';
import { tryServers } from '../../../harness/pool/web/try-out.js';
import { simSubject } from '../../../harness/run/sim-subject.js';
import { temporaryFolder } from '../../temporary.js';

const workspace = temporaryFolder();
const file = (name: string, text: string) => writeFileSync(join(workspace, name), text);

function planOf(element: WebElementOptions = {}, user: WebUserOptions = { rate: 10 }) {
  return resolvePlan(
    experiment({
      name: 'web',
      topology: topology({
        name: 'lan',
        networks: { lan: network('10.1.0.0/24') },
        hosts: { pr: hosts(1, { on: ['lan'] }), pe: hosts(1, { on: ['lan'] }), pu: hosts(1, { on: ['lan'] }) },
      }),
      deploy: () => ({ pr: registrar(), pe: webElement(element), pu: webUser(user) }),
      phases: { measure: s(1) },
    }),
  );
}

describe('a description', () => {
  it.each([
    [() => webUser({}), 'webUser: expected exactly one of rate, requestInterval and k6, got none'],
    [
      () => webUser({ rate: 1, k6: 'a.ts' }),
      'webUser: expected exactly one of rate, requestInterval and k6, got rate and k6',
    ],
    [() => webUser({ rate: 0 }), 'webUser.rate: expected requests per second above 0, got 0'],
    [() => webUser({ rate: 1, path: 'x' }), 'webUser.load.path: expected a path such as /health, got "x"'],
    [
      () => webUser({ rate: 1, sticky: [{ identifier: 1, secret: 'ab' }] }),
      'webUser.load.sticky.0.secret: expected 32 bytes as 64 hexadecimal digits, got 2 digits',
    ],
    [() => webElement({ command: [] }), 'webElement.server.command: expected at least 1 entry, got []'],
    [() => webElement({ port: 70_000 }), 'webElement.server.port: expected at most 65535, got 70000'],
  ])('is refused: %#', (make, sentence) => {
    expect(make).toThrow(sentence);
  });

  it('is refused with a pool handle that is too long, or a port that a proxy needs', () => {
    const pool = 'a'.repeat(33);
    expect(() => checkPool(planOf({ pool }, { rate: 1, pool }))).toThrow(
      'web.pe1.pool: expected at most 32 bytes, the longest pool handle of RSPLIB, got 33',
    );
    expect(() => checkPool(planOf({ port: 8080 }))).toThrow(
      'web.pe1.port: expected another port than those of the proxies (8080, 8081), got 8080',
    );
  });

  it('is refused by a model that knows no TCP, and by the other one when k6 makes the requests', () => {
    expect(() => simSubject.check({ ...planOf(), model: 'rspsim' })).toThrow(
      'knows no web servers and clients, got pe1',
    );
    expect(() => simSubject.check(planOf({}, { k6: 'load.ts' }))).toThrow('knows no scripts of k6, got load.ts');
  });
});

describe('a server', () => {
  it('is tried, and its last words are told when it does not start', async () => {
    file('broken.js', "throw new Error('no such database');");
    await expect(tryServers(planOf({ command: ['node', 'broken.js'] }), workspace)).rejects.toThrow(
      /^web\.pe1\.command: expected a server that listens where PORT says .*no such database/,
    );
    await expect(tryServers(planOf({ command: ['no-such-program'] }), workspace)).rejects.toThrow(/cannot be started/);
  });

  it('is refused when it says that it is not healthy, and taken when it is', async () => {
    file(
      'server.cjs',
      "require('node:http').createServer((q, a) => a.writeHead(q.url === '/ok' ? 200 : 404).end()).listen(process.env.PORT)",
    );
    const planFor = (path: string) => planOf({ command: ['node', 'server.cjs'], health: { path }, startWithin: s(1) });
    await expect(tryServers(planFor('/no'), workspace)).rejects.toThrow('it answered with status 404 for 1 s');
    await tryServers(
      { ...planFor('/ok'), hosts: planOf({ command: ['node', 'server.cjs'], health: { path: '/ok' } }).hosts },
      workspace,
    );
  });

  it('comes with the files that its command names, and those that it says it needs', () => {
    mkdirSync(join(workspace, 'parts/deep'), { recursive: true });
    for (const name of ['main.js', 'parts/b.js', 'parts/deep/a.js']) file(name, '');
    const plan = planOf({ command: ['node', 'main.js', '--fast'], files: ['parts'] });
    expect(serviceFiles(plan, workspace).map(({ path }) => path)).toEqual(['main.js', 'parts/b.js', 'parts/deep/a.js']);
    expect(() => serviceFiles(planOf({ files: ['gone'] }), workspace)).toThrow('got gone, which is not there');
    expect(() => serviceFiles(planOf({ files: ['..'] }), workspace)).toThrow(
      'below the folder that rsplab was started in',
    );
  });
});

describe('k6', () => {
  const plan = planOf({}, { k6: 'script.ts' });

  it('is asked for, with the way to get it, where it is not', async () => {
    await expect(checkK6(plan, 'uml', workspace, undefined)).rejects.toThrow('expected a script, got script.ts');
    file('script.ts', '');
    await expect(checkK6(plan, 'virtual', workspace, undefined)).rejects.toThrow('take --on uml');
    await expect(checkK6(plan, 'uml', workspace, undefined)).rejects.toThrow(/got none; https:\/\/grafana\.com/);
  });

  it('may refuse a script', async () => {
    file('script.ts', '');
    const stand = join(workspace, 'k6');
    writeFileSync(stand, '#!/bin/sh\necho "ERRO[0000] invalid threshold defined on http_req_duration" >&2\nexit 104\n');
    chmodSync(stand, 0o755);
    await expect(checkK6(plan, 'uml', workspace, stand)).rejects.toThrow(
      'web.pu1.k6: expected a script that k6 takes, got script.ts: ERRO[0000] invalid threshold',
    );
  });
});
