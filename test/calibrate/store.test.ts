import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fingerprintOf, hashOf } from '../../harness/calibrate/fingerprint.js';
import { meanLine } from '../../harness/calibrate/line.js';
import { findCalibration, quoteOf, storeCalibration } from '../../harness/calibrate/store.js';
import { quoteLine } from '../../harness/cli/calibration-table.js';
import { type Calibration, calibrationSchema, type Fingerprint } from '../../harness/result/calibration.js';

const fingerprint: Fingerprint = {
  lab: 'uml',
  cpu: 'A CPU',
  cores: 2,
  memoryGiB: 24,
  hostKernel: '6.18.0',
  labKernel: '6.1.176',
  node: '20.19.0',
  rsplab: '0.1.0',
  rsplib: '3.4.4',
  iproute2: '6.1.0',
  userModeLinux: '6.1.176',
};

const line = (key: string, tolerance: number) =>
  meanLine({ key, what: `what ${key} is`, asked: 0.01, tolerance }, 'seconds', [0.0101, 0.0102, 0.0103]);

const calibration: Calibration = {
  schemaVersion: 1,
  lab: 'uml',
  date: '2026-11-23T23:37:00.000Z',
  form: 'full',
  seconds: 100,
  fingerprint,
  hash: hashOf(fingerprint),
  lines: [line('delay-10ms', 1e-3), line('loss-5%', 1e-9), line('lateness-idle-p99', 1)],
  notes: [],
  verdict: 'outside',
};

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'cache-test-'));
  vi.stubEnv('RSPLAB_CACHE', cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

describe('a fingerprint', () => {
  it('differs when anything of it does, in whatever order it is written', () => {
    const reversed = Object.fromEntries(Object.entries(fingerprint).reverse()) as Fingerprint;
    expect(hashOf(reversed)).toBe(hashOf(fingerprint));
    const others = Object.keys(fingerprint).map((name) => hashOf({ ...fingerprint, [name]: null }));
    expect(new Set([hashOf(fingerprint), ...others]).size).toBe(1 + others.length);
    expect(hashOf(fingerprint)).toMatch(/^[0-9a-f]{12}$/);
  });

  it('is that of this machine, the same each time', async () => {
    const versions = { rsplab: '0.1.0', rsplib: null };
    const [first, second] = [
      await fingerprintOf('netns', '6.1', versions),
      await fingerprintOf('netns', '6.1', versions),
    ];
    expect(first).toEqual(second);
    expect(first).toMatchObject({ lab: 'netns', labKernel: '6.1', userModeLinux: null, rsplib: null });
    expect(first.cores).toBeGreaterThan(0);
  });
});

describe('a stored calibration', () => {
  it('is found again by lab and fingerprint, and by nothing else', () => {
    const file = storeCalibration(calibration);
    expect(file).toBe(join(cache, 'calibration', `uml-${calibration.hash}.json`));
    expect(findCalibration('uml', calibration.hash)).toEqual(calibration);
    expect(calibrationSchema.parse(findCalibration('uml', calibration.hash))).toEqual(calibration);
    expect(findCalibration('netns', calibration.hash)).toBeUndefined();
    expect(findCalibration('uml', hashOf({ ...fingerprint, cores: 4 }))).toBeUndefined();
  });

  it('takes the place of an earlier one, leaving no parts', () => {
    storeCalibration(calibration);
    storeCalibration({ ...calibration, form: 'quick' });
    expect(findCalibration('uml', calibration.hash)?.form).toBe('quick');
    expect(readdirSync(join(cache, 'calibration'))).toHaveLength(1);
  });

  it.each(['{', '{}', JSON.stringify({ ...calibration, schemaVersion: 2 })])('is none when it reads %s', (text) => {
    mkdirSync(join(cache, 'calibration'));
    writeFileSync(join(cache, 'calibration', `uml-${calibration.hash}.json`), text);
    expect(findCalibration('uml', calibration.hash)).toBeUndefined();
  });
});

describe('a run quotes', () => {
  it('the lines that matter to it, and what is not within its tolerance', () => {
    const { command, quoted } = quoteOf('uml', calibration);
    expect(command).toBe('rsplab calibrate --on uml');
    expect(quoted).toMatchObject({ date: calibration.date, hash: calibration.hash, outside: ['what loss-5% is'] });
    expect(quoted?.lines.map(({ key }) => key)).toEqual(['delay-10ms', 'lateness-idle-p99']);
    expect(quoteLine({ command, quoted })).toBe(
      'calibrated 2026-11-23 23:37 UTC (full form): what delay-10ms is: 10.2 ms; what lateness-idle-p99 is: 10.2 ms',
    );
  });

  it('that there is none, and how to get one', () => {
    const quote = quoteOf('uml+docker', undefined);
    expect(quote).toEqual({ command: 'rsplab calibrate --on uml+docker', quoted: null });
    expect(quoteLine(quote)).toBe('never calibrated on this machine as it is; rsplab calibrate --on uml+docker');
  });
});
