import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Qmp } from '../../harness/lab/virtual/qmp.js';

/** What stands where QEMU would, on a socket as QEMU has one. */
let [folder, machine, asked, qmp] = ['', {} as Socket, [] as unknown[], {} as Qmp];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rsplab-test-'));
  const server = createServer().listen(join(folder, 'qmp'));
  await once(server, 'listening');
  const ours = connect(join(folder, 'qmp'));
  [machine] = (await once(server, 'connection')) as [Socket];
  server.close();
  machine.on('error', () => {});
  asked = [];
  createInterface({ input: machine })
    .on('line', (line) => asked.push(JSON.parse(line)))
    .on('error', () => {});
  qmp = new Qmp(ours);
});
afterEach(() => {
  machine.destroy();
  rmSync(folder, { recursive: true });
});

const say = (...messages: object[]) => void machine.write(messages.map((it) => `${JSON.stringify(it)}\n`).join(''));

describe('the machine protocol', () => {
  it('sends one object a line, and gives each question its own answer', async () => {
    const answers = Promise.all([qmp.execute('query-status'), qmp.execute('migrate', { uri: 'fd:5' })]);
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    say({ QMP: { version: {} } }, { return: { status: 'paused' } }, { event: 'STOP' }, { return: {} });
    expect(await answers).toEqual([{ status: 'paused' }, {}]);
    expect(asked).toEqual([
      { execute: 'query-status', arguments: {} },
      { execute: 'migrate', arguments: { uri: 'fd:5' } },
    ]);
  });

  it('takes answers that come in pieces', async () => {
    const answer = qmp.execute('query-status');
    machine.write('{"return": {"sta');
    await new Promise((resolve) => setTimeout(resolve, 20));
    machine.write('tus": "running"}}\n');
    expect(await answer).toEqual({ status: 'running' });
  });

  it('rejects what QEMU refuses, in its words, and goes on', async () => {
    const refused = qmp.execute('cont');
    const next = qmp.execute('stop');
    say({ error: { class: 'GenericError', desc: 'no state yet' } }, { return: {} });
    await expect(refused).rejects.toMatchObject({ code: 'lab-broken', message: 'QEMU refused cont: no state yet' });
    expect(await next).toEqual({});
  });

  it('remembers events, whether they are asked for before or after', async () => {
    const before = qmp.event('GUEST_PANICKED');
    say({ event: 'GUEST_PANICKED' });
    await before;
    await qmp.event('GUEST_PANICKED');
  });

  it('rejects everything once the machine is gone', async () => {
    const open = qmp.execute('query-status');
    machine.destroy();
    const gone = { code: 'lab-broken', message: 'QEMU ended before it had answered' };
    await expect(open).rejects.toMatchObject(gone);
    await expect(qmp.execute('cont')).rejects.toMatchObject(gone);
  });
});
