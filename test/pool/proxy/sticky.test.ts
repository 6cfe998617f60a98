/** Clients that know nothing of RSerPool keep their session, and what a server wants to have kept. */
import { describe, expect, it } from 'vitest';
import { StickySessions } from '../../../harness/pool/proxy/sticky.js';
import { poolKeys } from '../../../harness/pool/state/keys.js';
import { key, Now } from '../state/sessions.js';
import { ask, type Got, proxyTo, webServer } from './servers.js';

const sticky = (keyNumber = 1) =>
  new StickySessions({ pool: 'Web', keys: poolKeys([key(keyNumber)]), clock: new Now() });

/** Counts a client's requests, in the state that the client carries. */
async function counter(name: string) {
  return webServer((request, response) => {
    const state = request.headers['rserpool-state'];
    const count = state ? Number(Buffer.from(String(state), 'base64url').toString()) + 1 : 1;
    response.setHeader('RSerPool-State', Buffer.from(String(count)).toString('base64url'));
    response.end(`${name} ${count} ${request.headers.cookie ?? '-'}`);
  });
}

const cookieOf = ({ headers }: Got): string => headers['set-cookie']![0]!.split(';')[0]!;
const withCookie = (Cookie: string) => ({ headers: { Cookie } });

describe('a session', () => {
  it('stays with its element, and goes on with its state at another when that one fails', async () => {
    const [first, second] = [await counter('first'), await counter('second')];
    const proxy = await proxyTo([first.port, second.port], { sticky: sticky() });
    const one = await ask(proxy.port);
    const two = await ask(proxy.port, withCookie(`own=1; ${cookieOf(one)}`));
    first.server.closeAllConnections();
    await new Promise((resolve) => first.server.close(resolve));
    const three = await ask(proxy.port, withCookie(cookieOf(two)));
    const four = await ask(proxy.port, withCookie(cookieOf(three)));
    expect([one, two, three, four].map(({ body }) => body)).toEqual([
      'first 1 -',
      'first 2 own=1',
      'second 3 -',
      'second 4 -',
    ]);
    expect(proxy.served.map(({ tried }) => tried)).toEqual([[1], [1], [1, 2], [2]]);
    expect(four.headers).not.toHaveProperty('rserpool-state');
  });

  it('goes on behind another proxy that has the pool’s keys', async () => {
    const { port } = await counter('only');
    const one = await ask((await proxyTo([port], { sticky: sticky() })).port);
    const two = await ask((await proxyTo([port], { sticky: sticky() })).port, withCookie(cookieOf(one)));
    expect(two.body).toBe('only 2 -');
  });

  it('has no new cookie when nothing changed', async () => {
    const { port } = await webServer((_, response) => void response.end('same'));
    const proxy = await proxyTo([port], { sticky: sticky() });
    const one = await ask(proxy.port);
    expect((await ask(proxy.port, withCookie(cookieOf(one)))).headers).not.toHaveProperty('set-cookie');
  });
});

describe('a cookie that is not to be believed', () => {
  it.each([
    ['changed', (value: string) => value.slice(0, -2) + (value.endsWith('AA') ? 'BB' : 'AA'), 1],
    ['cut', (value: string) => value.slice(0, -9), 1],
    ['of another session', (value: string) => `x${value}`, 1],
    ['too long', (value: string) => value + 'A'.repeat(5000), 1],
    ['sealed with another key', (value: string) => value, 2],
  ])('is counted, and the session begins anew: %s', async (_, change, keyNumber) => {
    const { port } = await counter('only');
    const one = await ask((await proxyTo([port], { sticky: sticky() })).port);
    const second = sticky(keyNumber);
    const cookie = cookieOf(one).replace(/=(.*)$/, (_, value: string) => `=${change(value)}`);
    const two = await ask((await proxyTo([port], { sticky: second })).port, withCookie(cookie));
    expect(two.body).toBe('only 1 -');
    expect(Object.values(second.refusals).reduce((sum, each) => sum + each)).toBe(1);
  });
});

it('clients cannot say what a server’s state is', async () => {
  const { port } = await counter('only');
  const proxy = await proxyTo([port], { sticky: sticky() });
  const forged = Buffer.from('41').toString('base64url');
  expect((await ask(proxy.port, { headers: { 'RSerPool-State': forged } })).body).toBe('only 1 -');
});

it('a state that fits into no cookie is refused in a sentence', async () => {
  const { port } = await webServer((_, response) => {
    response.setHeader('RSerPool-State', Buffer.alloc(2801).toString('base64url'));
    response.end();
  });
  expect(await ask((await proxyTo([port], { sticky: sticky() })).port)).toMatchObject({
    ...{ status: 502, body: 'RSerPool-State: expected a state of at most 2800 bytes, got 2801\n' },
  });
});

it('the largest state makes a cookie that browsers keep, and cannot read', async () => {
  const { port } = await webServer((_, response) => {
    response.setHeader('RSerPool-State', Buffer.alloc(2800, 7).toString('base64url'));
    response.end();
  });
  const got = await ask((await proxyTo([port], { sticky: sticky() })).port);
  expect(got.headers['set-cookie']![0]!.length).toBeLessThanOrEqual(4096);
  const sealed = Buffer.from(cookieOf(got).split('.')[1]!, 'base64url');
  // Ten equal bytes in a row come by chance once in 2^69 such cookies.
  expect([sealed.length > 2800, sealed.includes(Buffer.alloc(10, 7))]).toEqual([true, false]);
});
