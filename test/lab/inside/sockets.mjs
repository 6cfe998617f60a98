/** Two addresses on each side of the loopback device: what sockets tell of their associations and messages. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { SctpSocket } from '../../../dist/harness/pool/native/socket.js';

const here = ['127.0.0.1', '127.0.0.2'];
const there = ['127.0.0.3', '127.0.0.4'];

export async function inside(_, { folder }) {
  await execa('ip', ['link', 'set', 'dev', 'lo', 'up']);
  const answer = {};
  const told = [];
  const server = listen(told);
  const one = connect(told, 'one', there, server.port);
  await until(() => told.includes('one up'));
  one.socket.send(one.association, Buffer.from('hello'), 34);
  await until(() => told.some((it) => it.startsWith('one heard')));
  one.socket.close();
  await until(() => told.includes('server closed'));
  answer.farewell = [...told];

  told.length = 0;
  const many = connect(told, 'many', there, server.port);
  await until(() => told.includes('many up'));
  answer.flood = await flood(many, server);
  server.end(server.heardOn, 'abort');
  await until(() => told.includes('many lost'));
  connect(told, 'nobody', there, 9);
  await until(() => told.includes('nobody refused'));
  const rude = connect(told, 'rude', there, server.port);
  await until(() => told.includes('rude up'));
  rude.socket.abort();
  await until(() => told.filter((it) => it === 'server lost').length > 1);
  answer.ends = [...told];

  const before = process.cpuUsage();
  await sleep(10_000);
  const { user, system } = process.cpuUsage(before);
  answer.idleSeconds = (user + system) / 1e6;
  server.close();
  writeFileSync(join(folder, 'answer.json'), JSON.stringify(answer));
  return 0;
}

function listen(told) {
  const server = new SctpSocket(
    { kind: 'oneToMany', local: there, listening: true },
    {
      message({ association, protocol, bytes }) {
        server.heard.push(
          bytes.length < 100 ? bytes.toString() : { length: bytes.length, number: bytes.readUInt32BE(0) },
        );
        server.heardOn = association;
        if (bytes.toString() === 'hello') server.send(association, Buffer.from(`${bytes} on ${protocol}`), 11);
      },
      changed: ({ kind, how }) => told.push(`server ${how ?? kind}`),
    },
  );
  server.heard = [];
  return server;
}

function connect(told, name, addresses, port) {
  const it = { drained: 0 };
  it.socket = new SctpSocket(
    { kind: 'oneToOne', local: here },
    {
      message: ({ protocol, bytes }) => told.push(`${name} heard ${bytes} on ${protocol}`),
      changed: ({ kind, how }) => told.push(`${name} ${how ?? kind}`),
      drained() {
        it.drained += 1;
        it.onDrained?.();
      },
    },
  );
  it.association = it.socket.connect(addresses, port);
  return it;
}

/** More than the kernel takes at once, of messages that are longer than what it holds in one piece. */
async function flood(many, server) {
  server.heard.length = 0;
  let next = 0;
  const go = () => {
    for (; next < 40; next += 1) {
      const bytes = Buffer.alloc(50_000);
      bytes.writeUInt32BE(next);
      if (!many.socket.send(many.association, bytes, 34)) return;
    }
  };
  many.onDrained = go;
  go();
  const first = next;
  await until(() => server.heard.length === 40);
  return { tookAtOnce: first, drained: many.drained, heard: server.heard };
}

async function until(seen) {
  for (let tries = 0; !seen(); tries += 1) {
    if (tries > 3000) throw new Error(`never seen: ${seen}`);
    await sleep(10);
  }
}
