import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import elementKill from '../../experiments/element-kill.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { type LiveServer, serveLive } from '../../reports/live/server.js';

const plan = resolvePlan(elementKill, { question: '<script>alert(1)</script>' });
const fault = {
  kind: 'event',
  event: { event: 'note', time: 1, text: 'hello' },
} as const;

/** Status of a request with a Host header of one's own, which fetch does not allow. */
const statusWithHost = (url: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => resolve(response.statusCode))
      .on('error', reject)
      .end();
  });

describe('the live page', () => {
  let server: LiveServer;
  beforeEach(async () => {
    server = await serveLive(plan);
  });
  afterEach(() => server.close().catch(() => {}));

  test('is for those who know the token, on this machine only', async () => {
    expect((await fetch(server.url)).status).toBe(200);
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
    const base = server.url.replace(/token=.*/, '');
    expect((await fetch(base)).status).toBe(403);
    expect((await fetch(`${base}token=${'0'.repeat(32)}`)).status).toBe(403);
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(403);
    expect(await statusWithHost(server.url, 'evil.example')).toBe(403);
  });

  test('shows what comes from outside as text', async () => {
    const text = await (await fetch(server.url)).text();
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<script>alert(1)');
    expect(text).not.toMatch(/\sstyle=/);
  });

  test('tells late comers all that happened before', async () => {
    server.tell(fault);
    const response = await fetch(server.url.replace('/?', '/events?'));
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body!.getReader();
    const { value } = await reader.read();
    const [, json] = /^data: (.*)\n\n$/.exec(new TextDecoder().decode(value))!;
    expect(JSON.parse(json!)).toEqual({ ...fault, at: expect.any(Number) });
    await reader.cancel();
  });

  test('turns into the report, and is gone after it was fetched', async () => {
    const events = await fetch(server.url.replace('/?', '/events?'));
    const finished = server.finish('the report');
    expect(await (await fetch(server.url)).text()).toBe('the report');
    await finished;
    await events.body!.cancel().catch(() => {});
    await expect(fetch(server.url)).rejects.toThrow();
  });
});
