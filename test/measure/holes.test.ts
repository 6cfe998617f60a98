import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolEnvironment } from '../../harness/base/tools.js';
import { type Measurement, measure } from '../../harness/measure/measure.js';
import type { FailoverRow } from '../../harness/result/rows.js';
import { damagedCapture, measureDamaged, sinceBegin } from './damaged.js';
import { captureOf, inputOf } from './recordings.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rsplab-holes-'));
});
afterAll(() => rm(folder, { recursive: true }));

const certain = ({ failovers }: Measurement): FailoverRow[] => failovers.filter(({ uncertain }) => uncertain == null);
const requestOf = ({ requests }: Measurement, user: string, id: number) =>
  requests.filter((row) => row.user === user && row.id === id);
const uncertainOf = ({ requests }: Measurement) =>
  requests.flatMap(({ user, id, uncertain }) => (uncertain == null ? [] : [`${user} ${id}`]));

/** `pu1 2 pe1 pe3 520.8230`: user, request, elements, when it was resumed, as the fixtures' README has it. */
const told = (
  { user, requestId, oldElement, newElement, resumedAt }: FailoverRow,
  recorded: 'powerOff-1000' | 'powerOff-3000',
) =>
  `${user} ${requestId} ${oldElement} ${newElement} ${resumedAt! - sinceBegin(recorded, 0) > 0 ? (resumedAt! - sinceBegin(recorded, 0)).toFixed(3) : '–'}`;

const truth1000 = [
  'pu1 2 pe1 pe3 520.823',
  'pu1 3 pe2 pe3 539.342',
  'pu3 3 pe2 pe3 539.342',
  'pu2 6 pe3 pe1 558.674',
  'pu3 3 pe3 pe1 558.674',
];

describe('a whole capture', () => {
  it('gives the failovers that were read by hand', async () => {
    const measured = await measureDamaged('powerOff-1000');
    expect(measured.failovers.map((row) => told(row, 'powerOff-1000'))).toEqual(truth1000);
    expect(measured.holes).toBeNull();
  });

  it('does not count a completion that its user gave up before it had it', async () => {
    const measured = await measureDamaged('powerOff-1000');
    expect(requestOf(measured, 'pu3', 4)).toMatchObject([{ state: 'open', completedAt: null, uncertain: null }]);
    expect(measured.requests.filter(({ state }) => state === 'completed')).toHaveLength(16);
    expect(measured.requests).toHaveLength(19);
  });

  it('counts a request that waits for a registrar which never answers, and says why', async () => {
    const measured = await measureDamaged('powerOff-3000');
    expect(requestOf(measured, 'pu1', 3)).toMatchObject([{ state: 'open', failovers: 0, acceptedAt: null }]);
    expect(measured.requests).toHaveLength(26);
    expect(measured.notes).toEqual([
      expect.stringMatching(
        /pu1's request 3 is open, .* with pr1 never came up; INIT was sent 8 times since 56\.626 s/,
      ),
    ]);
  });
});

describe('a capture without one frame', () => {
  it('has no failover where a completion is missing, and the request once', async () => {
    const measured = await measureDamaged('powerOff-3000-no2044');
    expect(measured.failovers.map((row) => told(row, 'powerOff-3000'))).toEqual(['pu1 2 pe1 pe3 640.611']);
    expect(requestOf(measured, 'pu2', 6)).toMatchObject([{ state: 'completed', failovers: null }]);
    expect(uncertainOf(measured)).toEqual(['pu2 6']);
    expect(measured.notes).toContainEqual(expect.stringMatching(/hole: .* between pu2 and pe1 were not captured/));
  });

  it('knows nothing of the failover whose handle resolution is missing, and of the one that follows', async () => {
    const measured = await measureDamaged('powerOff-1000-no1924');
    expect(certain(measured).map((row) => told(row, 'powerOff-1000'))).toEqual([
      truth1000[0],
      truth1000[1],
      truth1000[3],
    ]);
    expect(uncertainOf(measured)).toEqual(['pu3 3']);
    for (const { delay, resumedAt, faultId, uncertain } of measured.failovers) {
      if (uncertain != null)
        expect({ delay, resumedAt, faultId }).toEqual({ delay: null, resumedAt: null, faultId: null });
    }
  });

  it('has no delay of 21.5 s where an Accept is missing', async () => {
    const measured = await measureDamaged('powerOff-1000-no1969');
    expect(certain(measured).map((row) => told(row, 'powerOff-1000'))).toEqual([
      truth1000[0],
      truth1000[1],
      truth1000[3],
    ]);
    expect(Math.max(...measured.failovers.map(({ delay }) => delay ?? 0))).toBeLessThan(3);
    expect(uncertainOf(measured)).toEqual(['pu3 3']);
    // Its request was accepted first long before.
    expect(requestOf(measured, 'pu3', 3)).toMatchObject([{ failovers: null, acceptedAt: expect.any(Number) }]);
  });
});

describe('a capture that does not hold everything', () => {
  it('knows what it has not heard for ten seconds', async () => {
    const measured = await measureDamaged('powerOff-1000-hole');
    expect(certain(measured).map((row) => told(row, 'powerOff-1000'))).toEqual([truth1000[0], truth1000[3]]);
    // All that were under way between 42 and 52 s.
    expect(uncertainOf(measured)).toEqual(expect.arrayContaining(['pu1 2', 'pu1 3', 'pu3 3', 'pu2 3', 'pu2 4']));
    expect(measured.requests).toHaveLength(19);
    expect(measured.holes!.silentSeconds).toBeGreaterThan(9.5);
    expect(measured.utilisationPercent).toBeNull();
    expect(measured.notes).toContainEqual(expect.stringMatching(/Utilisation is not known: it lies between/));
  });

  it('does not know when requests of before were accepted', async () => {
    const measured = await measureDamaged('powerOff-3000-cut12');
    for (const row of measured.requests.filter(({ uncertain }) => uncertain != null))
      expect(row).toMatchObject({ acceptedAt: null, startupDelay: null, processingTime: null, failovers: null });
    // Those that were accepted within the first 12 s.
    expect(uncertainOf(measured)).toEqual(['pu1 1', 'pu1 2', 'pu2 1', 'pu3 1', 'pu3 2']);
    expect(measured.failovers).toEqual([]);
    expect(measured.utilisationPercent).toBeNull();
  });

  it.each(['snap160', 'snap64'])('is certain of nothing that sliced packets may hide: %s', async (name) => {
    const measured = await measureDamaged(`powerOff-1000-${name}`);
    expect(certain(measured)).toEqual([]);
    expect(uncertainOf(measured)).toHaveLength(19);
    // That these were not completed their users say themselves.
    expect(measured.requests.filter(({ state }) => state === 'open')).toHaveLength(3);
    expect(measured.utilisationPercent).toBeNull();
    expect(measured.notes).toContainEqual(expect.stringMatching(/frames the capture has only the first bytes/));
  });

  it('is none when it holds headers only', async () => {
    const measured = await measureDamaged('powerOff-3000-noframes');
    expect(measured).toMatchObject({ wire: null, utilisationPercent: null, failovers: [] });
    expect(uncertainOf(measured)).toHaveLength(measured.requests.length);
  });

  it('says so when it ends before the run, at a packet’s end', async () => {
    const capture = join(folder, 'short.pcapng');
    const whole = { env: toolEnvironment() };
    await execa('editcap', ['-B', '2026-11-23 04:36:00', damagedCapture('powerOff-1000'), capture], { ...whole });
    const measured = await measureDamaged('powerOff-1000', capture);
    // Until the users were ended at 84.6 s.
    expect(measured.holes!.silentSeconds).toBeGreaterThan(15);
    expect(certain(measured).length).toBeLessThan(6);
    expect(measured.utilisationPercent).toBeNull();
  });
});

describe('a capture that was merged or mixed up', () => {
  const merged = async (name: string, ...args: string[]) => {
    const capture = join(folder, `${name}.pcapng`);
    await execa('mergecap', ['-w', capture, ...args], { env: toolEnvironment() });
    return capture;
  };
  const plain = ({ requests, failovers, wire }: Measurement) => ({ requests, failovers, wire });

  it('is read once where it holds everything twice', { timeout: 180_000 }, async () => {
    const input = await inputOf('kill');
    const twice = await measure({ ...input, capture: await merged('twice', captureOf('kill'), captureOf('kill')) });
    expect(plain(twice)).toEqual(plain(await measure(input)));
    expect(twice.notes).toEqual([expect.stringMatching(/frames are in the capture twice, and were read once/)]);
  });

  it('is certain of nothing where each packet was captured at two places', { timeout: 180_000 }, async () => {
    const later = join(folder, 'later.pcapng');
    await execa('editcap', ['-t', '0.01', captureOf('kill'), later], { env: toolEnvironment() });
    const measured = await measure({
      ...(await inputOf('kill')),
      capture: await merged('both', captureOf('kill'), later),
    });
    expect(certain(measured)).toEqual([]);
    expect(measured.notes).toContainEqual(expect.stringMatching(/captured twice, at different times/));
  });

  it('is put in order, however late its packets were written', { timeout: 180_000 }, async () => {
    const [early, late] = [join(folder, 'early.pcapng'), join(folder, 'late.pcapng')];
    // The middle third comes last, up to 20 s after its time.
    await execa('editcap', ['-r', captureOf('kill'), late, '350-700'], { env: toolEnvironment() });
    await execa('editcap', [captureOf('kill'), early, '350-700'], { env: toolEnvironment() });
    const input = await inputOf('kill');
    const mixed = await measure({ ...input, capture: await merged('mixed', '-a', early, late) });
    expect(plain(mixed)).toEqual(plain(await measure(input)));
    expect(mixed.notes).toEqual([expect.stringMatching(/out of order, and were put in order/)]);
  });
});
