import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ServedUsers, servedAfter } from '../../harness/pool/rsplib/served.js';

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
    expect(servedAfter(log, false)).toBe(served);
  });

  test('as long as its log says nothing new', async () => {
    const log = join(mkdtempSync(join(tmpdir(), 'rsplab-test-')), 'pu1.log');
    const users = new ServedUsers();
    expect(await users.isServed(log), 'there is no log yet').toBe(false);
    writeFileSync(log, asked + accepted);
    expect(await users.isServed(log)).toBe(true);
    appendFileSync(log, 'Timeout -> Fail');
    expect(await users.isServed(log), 'half a line says nothing').toBe(true);
    appendFileSync(log, 'over\n');
    expect(await users.isServed(log)).toBe(false);
  });
});
