/** Audio on demand: what is heard twice follows from where the state comes from. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectedOf } from '../../harness/audio/expected.js';
import { positionAfter, rtpFrame } from '../../harness/audio/media.js';
import { runAudio } from '../../harness/audio/run.js';
import { type AudioOptions, meanTitle } from '../../harness/audio/scenario.js';
import { cookieOnWire } from '../../harness/audio/wire.js';
import { readStateTable, stateRun, stateTable } from '../../reports/findings/state-sharing.js';

const options: AudioOptions = {
  ...{ strategy: 'full', cookieInterval: 9.6, mtbf: meanTitle, credentialsBytes: 64, seconds: 7.5 * meanTitle },
  seed: 1,
};

describe('state sharing', () => {
  const full = runAudio(options);

  it('has the same numbers for the same seed, and others for another', () => {
    expect(runAudio(options)).toEqual(full);
    expect(runAudio({ ...options, seed: 2 })).not.toEqual(full);
  });

  it('by splitting costs fewer bytes for the same continuation', () => {
    const split = runAudio({ ...options, strategy: 'splitting' });
    expect(split.heard_twice_s).toBe(full.heard_twice_s);
    expect(split.full_cookies + split.partial_cookies).toBe(full.full_cookies);
    expect(split.cookie_bytes).toBeLessThan(full.cookie_bytes / 2);
  });

  it('by derivation lets nothing be heard twice or missed, with one cookie per session', () => {
    const derived = runAudio({ ...options, strategy: 'derivation' });
    expect(derived.failovers).toBeGreaterThan(20);
    expect(derived).toMatchObject({ heard_twice_s: 0, missed_s: 0, partial_cookies: 0, refused: 0 });
    // One for each title that was begun: those that ended, and the eight that were being heard.
    expect(derived.full_cookies).toBe(derived.requests + 8);
  });

  it('loses the same audio at every size of the credentials', () => {
    expect(runAudio({ ...options, credentialsBytes: 2048 }).heard_twice_s).toBe(full.heard_twice_s);
  });

  it.each(['tampered', 'truncated', 'foreign'] as const)('begins again when every echo is %s', (damage) => {
    const bad = runAudio({ ...options, damage });
    expect(bad.damaged).toBeGreaterThan(20);
    expect(bad.refused).toBe(bad.damaged);
    expect(bad.heard_twice_s).toBeGreaterThan(10 * full.heard_twice_s);
  });
});

it('Equation (1) and Figure 14 are asked in seconds of audio', () => {
  // −2 · 10 · 240 s · (0.98 − 1) = 96 s, half of which is lost; 240 s / 96 s.
  const expected = expectedOf({ mtbf: 10, goodput: 0.98 });
  expect(expected.cookieInterval).toBeCloseTo(96, 9);
  expect(expected.heardTwice).toBeCloseTo(48, 9);
  expect(expected.cookiesPerTitle).toBeCloseTo(2.5, 9);
});

it('a frame says where its listener is', () => {
  expect(positionAfter(rtpFrame(0))).toBe(160);
  expect(positionAfter(rtpFrame(99))).toBe(16_000);
  expect(positionAfter(Buffer.from('no frame'))).toBeUndefined();
});

it('cookies on the wire have headers, once per packet', () => {
  // ASAP 8, SCTP 28, IPv4 20; padded to four bytes; a packet of 1500 bytes has room for 1452.
  expect(cookieOnWire(38)).toBe(40 + 8 + 48);
  expect(cookieOnWire(1444)).toBe(1500);
  expect(cookieOnWire(1448)).toBe(1456 + 2 * 48);
});

describe('the table of findings', () => {
  const text = readFileSync('reports/gallery/findings/state-sharing-runs.csv', 'utf8');
  const runs = readStateTable(text);

  it('is read as it was written', () => {
    expect(stateTable(runs)).toBe(text);
  });

  it.each([0, 500])('has rows that can be had again: %s', (at) => {
    const { point, replication, seed, numbers } = runs[at]!;
    expect(stateRun(point, replication, seed).numbers).toEqual(numbers);
  });
});
