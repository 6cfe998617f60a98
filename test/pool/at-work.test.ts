import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LogStates } from '../../harness/pool/driver/log-states.js';
import { isServed, isWorking } from '../../harness/pool/rsplib/at-work.js';
import { temporaryFolder } from '../temporary.js';

/** Of calcappclient's log: a request that is completed, and one whose element is given up for another. */
const asked = 'Request for job #1 (job size 1.08425e+07)\n25-Nov-2026 22:48:38.2713: P779 ./src/sessioncontrol.c:333\n';
const accepted = 'Job #1 accepted\n25-Nov-2026 22:48:39.3122: P779 ./src/sessioncontrol.c:513\n';
const completed = 'Job #1 completed:\n   Queue Length   = 0\n';
const timedOut = 'Timeout -> Failover\n25-Nov-2026 22:49:02.0787: P779 ./src/rspenhancedmode.c:952\n';
const aborted = '--- FAILOVER ---\n';

describe('a user is served', () => {
  test.each([
    ['not before its request is accepted', asked, false],
    ['from the acceptance on', asked + accepted, true],
    ['until the completion', asked + accepted + completed, false],
    ['until it gives the element up', asked + accepted + timedOut + asked, false],
    ['until it is told that the element is gone', asked + accepted + aborted, false],
    ['again when another element has accepted', asked + accepted + timedOut + asked + accepted, true],
  ])('%s', (_, log, served) => {
    expect(isServed(log, false)).toBe(served);
  });
});

/** Of rspserver's log. */
const added = ' Job added (1 are running)\nJob 1/1 of size 6.71794e+06 accepted\n';
const second = ' Job added (2 are running)\nJob 1/2 of size 2.21008e+06 accepted\n';
const oneLess = 'Job 1/1 is complete!\n Job removed (1 still running)\n';
const none = 'Unable to send CalcAppKeepAlive: Broken pipe\n Job removed (0 still running)\n';

describe('an element works', () => {
  test.each([
    ['not before a request has come', 'Registration:\n   Identifier              = $01000301\n', false],
    ['when one has come', added, true],
    ['while there are others', added + second + oneLess, true],
    ['not when the last one is gone, completed or not', added + second + oneLess + none, false],
  ])('%s', (_, log, works) => {
    expect(isWorking(log, false)).toBe(works);
  });
});

test('a state lasts as long as the log says nothing new', async () => {
  const log = join(temporaryFolder(), 'pu1.log');
  const served = new LogStates();
  expect(await served.after(log, isServed), 'there is no log yet').toBe(false);
  writeFileSync(log, asked + accepted);
  expect(await served.after(log, isServed)).toBe(true);
  appendFileSync(log, 'Timeout -> Fail');
  expect(await served.after(log, isServed), 'half a line says nothing').toBe(true);
  appendFileSync(log, 'over\n');
  expect(await served.after(log, isServed)).toBe(false);
});
