/** Session keep-alives of a proxy pool user: who is slow is not silent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isKeepAlive } from '../../../harness/pool/proxy/watch.js';
import { ask, proxyTo, webServer } from './servers.js';

const keepAlive = { interval: 0.05, timeout: 0.5 };

/** Takes its time for requests, and answers session keep-alives at once, unless it is silent. */
const element = async (seconds: number, isSilent = false) => {
  let asked = 0;
  const { port } = await webServer(async (request, response) => {
    if (isSilent) return;
    if (isKeepAlive(request)) asked += 1;
    else await sleep(1e3 * seconds);
    response.end('done');
  });
  return { port, asked: () => asked };
};

it('an element that takes longer than interval and timeout is waited for, as it answers meanwhile', async () => {
  const slow = await element(1.2);
  const proxy = await proxyTo([slow.port, (await element(0)).port], { keepAlive });
  expect(await ask(proxy.port)).toMatchObject({ status: 200, body: 'done' });
  expect(proxy).toMatchObject({ reported: [], served: [{ tried: [1] }] });
  expect(slow.asked()).toBeGreaterThan(5);
});

it('an element that answers nothing is given up, and its request goes to another', async () => {
  const proxy = await proxyTo([(await element(0, true)).port, (await element(0)).port], { keepAlive });
  const beganAt = performance.now();
  expect(await ask(proxy.port)).toMatchObject({ status: 200, body: 'done' });
  // Not before it had its time to answer.
  expect(performance.now() - beganAt).toBeGreaterThan(1e3 * (keepAlive.interval + keepAlive.timeout) - 20);
  expect(proxy).toMatchObject({ reported: [1], served: [{ tried: [1, 2] }] });
});
