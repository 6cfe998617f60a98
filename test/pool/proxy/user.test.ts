/** A proxy pool user: a web service whose servers may fail. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { listResolver } from '../../../harness/pool/proxy/resolver.js';
import { ProxyUser } from '../../../harness/pool/proxy/user.js';
import { ask, deadPort, proxyTo, webServer } from './servers.js';

const echo = () =>
  webServer(async (request, response) => {
    const body = await text(request);
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
  });
/** Takes the whole request and ends the connection. */
const dropping = () =>
  webServer(async (request) => {
    await text(request);
    request.socket.destroy();
  });

describe('what passes through', () => {
  it('is method, path, fields and body, without what is for one hop only', async () => {
    const proxy = await proxyTo([(await echo()).port]);
    const headers = { 'X-Own': 'a', 'X-Hop': 'b', Connection: 'close, X-Hop', TE: 'trailers', Host: 'example.org' };
    const { status, body } = await ask(proxy.port, { method: 'POST', headers, body: 'x'.repeat(200_000) });
    const got = JSON.parse(body);
    expect([status, got.method, got.url, got.body.length]).toEqual([200, 'POST', '/p?q=1', 200_000]);
    expect(got.headers).toMatchObject({ 'x-own': 'a', host: 'example.org', via: '1.1 rsplab' });
    expect(got.headers).not.toHaveProperty('x-hop');
    expect(got.headers).not.toHaveProperty('te');
    expect(proxy.served).toEqual([{ tried: [1], status: 200, isComplete: true }]);
  });

  it('is the answer with all its fields, repeated ones as well', async () => {
    const { port } = await webServer((_, response) => {
      response.writeHead(404, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Keep-Alive', 'timeout=9', 'X-Own', 'c']);
      response.end('nothing here');
    });
    const { status, headers, body } = await ask((await proxyTo([port])).port);
    expect([status, body, headers['set-cookie'], headers['x-own']]).toEqual([404, 'nothing here', ['a=1', 'b=2'], 'c']);
    expect(headers['keep-alive']).not.toBe('timeout=9');
  });

  it('flows in both directions before either has ended', async () => {
    // Answers each piece as it comes: neither side could go on if the proxy waited for the whole.
    const { port } = await webServer((request, response) => {
      request.on('data', (piece) => response.write(piece));
      request.on('end', () => response.end());
    });
    const proxy = await proxyTo([port]);
    const socket = connect(proxy.port, '127.0.0.1');
    let seen = '';
    const heard = async (what: string) => {
      for await (const piece of socket.iterator({ destroyOnReturn: false })) {
        seen += piece;
        if (seen.includes(what)) return;
      }
    };
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n');
    await heard('one');
    socket.write('3\r\ntwo\r\n0\r\n\r\n');
    await heard('two');
    socket.destroy();
    expect(seen).toMatch(/^HTTP\/1.1 200/);
  });

  it('is the body of a request whose client waits to be told to go on', async () => {
    const proxy = await proxyTo([(await echo()).port]);
    const headers = { Expect: '100-continue' };
    const { body } = await ask(proxy.port, { method: 'POST', headers, body: 'abc' });
    expect(JSON.parse(body)).toMatchObject({ body: 'abc' });
    expect(JSON.parse(body).headers).not.toHaveProperty('expect');
  });
});

describe('a failed element', () => {
  it.each([
    ['GET', deadPort, undefined],
    ['POST', deadPort, 'body'],
    ['PUT', async () => (await dropping()).port, 'body'],
    ['GET', async () => (await dropping()).port, undefined],
  ])('is reported, and %s goes to another', async (method, failed, body) => {
    const proxy = await proxyTo([await failed(), (await echo()).port]);
    const got = await ask(proxy.port, { method, ...(body ? { body } : {}) });
    expect([got.status, got.headers['rserpool-retries'], JSON.parse(got.body).body]).toEqual([200, '1', body ?? '']);
    expect(proxy).toMatchObject({ reported: [1], served: [{ tried: [1, 2], status: 200 }] });
  });

  it('may have done what a POST asked for: that is not asked twice', async () => {
    const proxy = await proxyTo([(await dropping()).port, (await echo()).port]);
    const { status, body } = await ask(proxy.port, { method: 'POST', body: 'body' });
    expect([status, body]).toEqual([
      502,
      expect.stringMatching(/^The pool 'Web' gave no answer; tried 127.0.0.1:\d+: /),
    ]);
    expect(proxy).toMatchObject({ reported: [1], served: [{ tried: [1], status: 502 }] });
  });

  it('cannot be replaced once more of a PUT was sent than is kept', async () => {
    const proxy = await proxyTo([(await dropping()).port, (await echo()).port], { replayBytes: 10 });
    expect(await ask(proxy.port, { method: 'PUT', body: 'x'.repeat(100_000) })).toMatchObject({ status: 502 });
  });

  it('that falls silent is given up after a while', async () => {
    const silent = await webServer(() => {});
    const proxy = await proxyTo([silent.port], { patience: { answer: 0.2 } });
    expect(await ask(proxy.port)).toMatchObject({ status: 504 });
  });

  it('in the middle of an answer cuts it, so that nobody takes it for whole', async () => {
    const { port } = await webServer((request, response) => {
      response.write('half');
      setTimeout(() => request.socket.destroy(), 50);
    });
    const proxy = await proxyTo([port]);
    await expect(ask(proxy.port)).rejects.toThrow('aborted');
    expect(proxy).toMatchObject({ reported: [1], served: [{ status: 200, isComplete: false }] });
  });

  it('is the last one: the client is told, in a sentence', async () => {
    const [one, two] = [await deadPort(), await deadPort()];
    const proxy = await proxyTo([one, two], { attempts: 2 });
    expect((await ask(proxy.port)).body).toContain(`tried 127.0.0.1:${one}, then 127.0.0.1:${two}`);
    expect(await ask((await proxyTo([one])).port)).toMatchObject({ status: 502 });
    expect(await ask((await proxyTo([])).port)).toMatchObject({
      status: 503,
      body: "The pool 'Web' has no element.\n",
    });
  });
});

it('a client that goes away is no failure of the element', async () => {
  const asked = signalled();
  const gone = signalled();
  const { port } = await webServer((request) => {
    asked.resolve();
    request.socket.on('close', () => gone.resolve());
  });
  const proxy = await proxyTo([port]);
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await asked.promise;
  socket.destroy();
  await gone.promise;
  expect(proxy.reported).toEqual([]);
});

it.each([
  ['GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', 'does not speak websocket'],
  ['CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n', 'makes no tunnels'],
])('what is no plain request is refused: %j', async (request, sentence) => {
  const proxy = await proxyTo([(await echo()).port]);
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write(request);
  expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 501 Not Implemented\r\n[^]*This proxy ${sentence}`));
});

it('a port that is taken is refused', async () => {
  const { port } = await echo();
  const proxy = new ProxyUser({ pool: 'Web', resolver: listResolver([]) });
  await expect(proxy.listen('127.0.0.1', port)).rejects.toThrow(
    `proxy pool user: expected a free port on 127.0.0.1, got ${port}: listen EADDRINUSE`,
  );
});

it('a list of elements is gone through in turn', async () => {
  const elements = [1, 2, 3].map((identifier) => ({ identifier, address: 'a', port: 1 }));
  const resolver = listResolver(elements);
  const firsts = [1, 2, 3, 4].map(async () => (await resolver.resolve('Web'))[0]!.identifier);
  expect(await Promise.all(firsts)).toEqual([1, 2, 3, 1]);
});

function signalled(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
