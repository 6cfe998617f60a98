import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseUserLog, type UserLog, unconfirmed } from '../../harness/measure/logs.js';
import { rsplibFile } from './recordings.js';

const epoch = 1795425631.4;

describe('parseUserLog', () => {
  it('finds the end of an association', async () => {
    const { givenUp: found } = parseUserLog(await readFile(rsplibFile('kill/pu1.log'), 'utf8'), epoch);
    // `Starting failover` at 09:20:49.9395 UTC.
    expect(found).toEqual([{ at: expect.closeTo(1795425649.9395, 4), because: 'associationEnded', request: 2 }]);
  });

  it('finds a timeout, and the association to another dead element that never came up', async () => {
    const { givenUp: found } = parseUserLog(await readFile(rsplibFile('two-elements/pu3.log'), 'utf8'), epoch);
    expect(found.map(({ because }) => because)).toEqual(['timeout', 'noAssociation']);
    // The kernel tries for 5 s.
    expect(found[1]!.at! - found[0]!.at!).toBeCloseTo(5.05, 1);
  });

  it('does not depend on the lab’s time zone', async () => {
    const text = await readFile(rsplibFile('kill/pu1.log'), 'utf8');
    const elsewhere = text.replaceAll('23-Nov-2026 09:', '23-Nov-2026 14:');
    expect(parseUserLog(elsewhere, epoch).givenUp[0]!.at).toBeCloseTo(1795425649.9395, 4);
  });

  it('finds nothing where nothing failed', () => {
    expect(parseUserLog('Request for job #1 (job size 5)\nJob #1 accepted\n', epoch).givenUp).toEqual([]);
  });
});

describe('unconfirmed', () => {
  it('names what the log does not know of', () => {
    const givenUp = [{ at: epoch + 10.1, because: 'timeout', request: 1 }] as const;
    const log: UserLog = { stamped: true, givenUp, requests: new Map() };
    const detections = [10, 20].map((at) => ({ at, request: 1 }));
    expect(unconfirmed('pu1', detections, log, epoch)).toEqual([expect.stringMatching(/pu1 gave up .* at 20\.000 s/)]);
  });
});
