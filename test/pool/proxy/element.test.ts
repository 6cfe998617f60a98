/** A proxy pool element: registered while its server is healthy, with the load that it has. */
import { describe, expect, it } from 'vitest';
import { realClock } from '../../../harness/base/clock.js';
import { waitFor } from '../../../harness/base/wait.js';
import { type Fitness, ProxyElement, type ProxyElementOptions } from '../../../harness/pool/proxy/element.js';
import { ask, deadPort, later, proxyTo, webServer } from './servers.js';

async function elementOf(port: number, options: Partial<ProxyElementOptions> = {}) {
  const changes: Fitness[] = [];
  const element = new ProxyElement({
    server: `http://127.0.0.1:${port}`,
    health: { url: '/health', clock: realClock, every: 0.02, timeout: 0.5 },
    onChange: (fitness) => changes.push(fitness),
    ...options,
  });
  const front = await element.listen('127.0.0.1', 0);
  later(() => element.close());
  return { element, front, changes };
}
const until = (what: string, isSo: () => boolean) =>
  waitFor(what, () => isSo() || undefined, { clock: realClock, withinSeconds: 20, everySeconds: 0.01 });

describe('health', () => {
  it('follows the server, after two bad answers in a row', async () => {
    let status = 200;
    let asked = 0;
    const { port } = await webServer((_, response) => {
      asked++;
      response.writeHead(status).end(asked === 3 ? '{"load":0.5}' : '{"load":0.25}');
    });
    const { element, changes } = await elementOf(port);
    await until('health', () => changes.length > 0);
    expect(changes[0]).toEqual({ healthy: true, load: 0.25, reason: null });
    await until('another load', () => changes.length > 2);
    expect(changes.slice(1, 3).map(({ load }) => load)).toEqual([0.5, 0.25]);
    status = 503;
    await until('the end of health', () => !element.fitness.healthy);
    expect(changes.at(-1)).toEqual({ healthy: false, load: 1, reason: 'it answered with status 503' });
    status = 200;
    await until('health again', () => element.fitness.healthy);
  });

  it('needs a server that answers', async () => {
    const { element, front } = await elementOf(await deadPort());
    expect(element.fitness).toEqual({ healthy: false, load: 1, reason: 'it has not answered yet' });
    expect(await ask(front)).toMatchObject({ status: 502, headers: { 'rserpool-unserved': 'unsent' } });
  });

  it('ends with the server’s process, and with the element', async () => {
    const { port } = await webServer((_, response) => void response.end());
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const first = await elementOf(port, { ended });
    await until('health', () => first.element.fitness.healthy);
    end();
    await until('the end', () => !first.element.fitness.healthy);
    expect(first.element.fitness.reason).toBe('its process has ended');
    const second = await elementOf(port);
    await until('health', () => second.element.fitness.healthy);
    await second.element.close();
    expect(second.changes.at(-1)).toMatchObject({ healthy: false, reason: 'it is shut down' });
  });

  it('cannot be asked for at what is no web server', () => {
    expect(
      () => new ProxyElement({ server: 'localhost', health: { url: '/', clock: realClock }, onChange() {} }),
    ).toThrow("proxy pool element: server: expected an address like http://127.0.0.1:8080/health, got 'localhost'");
  });
});

it('load is requests under way by capacity, and a clean shutdown waits for them', async () => {
  const waiting: (() => void)[] = [];
  const { port } = await webServer((request, response) => {
    if (request.url === '/health') response.end();
    else waiting.push(() => response.end('done'));
  });
  const { element, front, changes } = await elementOf(port, { capacity: 4 });
  await until('health', () => element.fitness.healthy);
  const answers = [ask(front), ask(front)];
  await until('requests', () => waiting.length === 2);
  expect(element.fitness.load).toBe(0.5);
  expect(changes.map(({ load }) => load)).toEqual([0, 0.25, 0.5]);
  const closed = element.close();
  await until('the shutdown', () => !element.fitness.healthy);
  for (const done of waiting) done();
  expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(['done', 'done']);
  await closed;
});

it('a proxy pool user repeats even a POST that an element could not pass on', async () => {
  const { front } = await elementOf(await deadPort());
  const { port } = await webServer((_, response) => void response.end('second'));
  const proxy = await proxyTo([front, port]);
  expect(await ask(proxy.port, { method: 'POST', body: 'x' })).toMatchObject({ status: 200, body: 'second' });
  expect(proxy.reported).toEqual([1]);
});
