import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Monitor } from '../../harness/lab/virtual/monitor.js';

/** What stands where QEMU would, on a socket as QEMU has one. */
let [folder, machine, asked, monitor] = ['', {} as Socket, '', {} as Monitor];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rsplab-test-'));
  const server = createServer().listen(join(folder, 'monitor'));
  await once(server, 'listening');
  const ours = connect(join(folder, 'monitor'));
  [machine] = (await once(server, 'connection')) as [Socket];
  server.close();
  machine.on('error', () => {});
  asked = '';
  machine.setEncoding('utf8').on('data', (text: string) => {
    asked += text;
  });
  monitor = new Monitor(ours);
});
afterEach(() => {
  machine.destroy();
  rmSync(folder, { recursive: true });
});

const greeting = "QEMU 7.2.22 monitor - type 'help' for more information\r\n(qemu) ";
/** The command comes back letter by letter, as for somebody who types it. */
const answer = (command: string, ...lines: string[]) =>
  void machine.write(
    `${[...command].map((letter) => `${letter}\u001b[K`).join('')}\r\n${lines.map((line) => `${line}\r\n`).join('')}(qemu) `,
  );

describe('the monitor', () => {
  it('asks when it has been greeted, one thing at a time, and gives each its own answer', async () => {
    const answers = Promise.all([monitor.ask('info status'), monitor.ask('info version')]);
    machine.write(greeting.slice(0, 20));
    machine.write(greeting.slice(20));
    await vi.waitFor(() => expect(asked).toBe('info status\n'));
    answer('info status', 'VM status: paused (inmigrate)');
    await vi.waitFor(() => expect(asked).toBe('info status\ninfo version\n'));
    answer('info version', '7.2.22', 'of Debian');
    expect(await answers).toEqual(['VM status: paused (inmigrate)', '7.2.22\nof Debian']);
  });

  it('takes answers that come in pieces', async () => {
    machine.write(greeting);
    const status = monitor.ask('info status');
    await vi.waitFor(() => expect(asked).not.toBe(''));
    machine.write('info status\r\nVM status: run');
    await new Promise((resolve) => setTimeout(resolve, 20));
    machine.write('ning\r\n(qemu) ');
    expect(await status).toBe('VM status: running');
  });

  it('rejects what QEMU refuses, in its words, and goes on', async () => {
    machine.write(greeting);
    const refused = monitor.tell('cont');
    const next = monitor.tell('stop');
    await vi.waitFor(() => expect(asked).not.toBe(''));
    answer('cont', 'Error: no state yet');
    await expect(refused).rejects.toMatchObject({
      code: 'lab-broken',
      message: 'QEMU refused cont: Error: no state yet',
    });
    answer('stop');
    await next;
  });

  it('rejects everything once the machine is gone', async () => {
    machine.write(greeting);
    const open = monitor.ask('info status');
    const waiting = monitor.ask('info status');
    machine.destroy();
    const gone = { code: 'lab-broken', message: 'QEMU ended before it had answered' };
    await expect(open).rejects.toMatchObject(gone);
    await expect(waiting).rejects.toMatchObject(gone);
    await expect(monitor.ask('cont')).rejects.toMatchObject(gone);
  });
});
