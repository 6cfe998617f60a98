import { describe, expect, it } from 'vitest';
import { captureTrialsOf } from '../../harness/calibrate/capture-trials.js';
import { nothingSeen, oneWayDelays, overtaking, sightingsIn } from '../../harness/calibrate/echoes.js';
import { cutShownAt, endShownAt, injectionLines } from '../../harness/calibrate/injection.js';
import { onTheWire, trialsOf } from '../../harness/calibrate/network.js';
import { parsePing } from '../../harness/calibrate/probe.js';

/** As tshark prints them: time, type, identifier, number. */
const lines = [
  '100.000000000\t8\t1\t1',
  '100.010000000\t0\t1\t1',
  '100.020000000\t8\t1\t2',
  // The first frame of a packet in fragments says nothing but that it is there.
  '100.021000000\t\t\t',
  '100.040000000\t8\t1\t3',
  '100.050500000\t0\t1\t3',
  '100.051000000\t0\t1\t3',
  '100.060000000\t8\t2\t1',
  '',
];

describe('the capture', () => {
  const { trains, frames } = sightingsIn(lines);

  it('tells trains by their identifier, and counts every frame', () => {
    expect([...trains.keys()]).toEqual([1, 2]);
    expect(frames).toHaveLength(8);
  });

  it('shows delays of what was answered, from the first answer', () => {
    expect(oneWayDelays(trains.get(1)!).map((delay) => Math.round(delay * 1e4))).toEqual([100, 105]);
  });
});

describe('overtaking', () => {
  const order = (...numbers: number[]) => ({
    requests: new Map(numbers.map((number) => [number, number])),
    answers: numbers.map((number, time) => ({ number, time })),
  });
  it.each([
    [[1, 2, 3, 4], 0],
    [[1, 3, 2, 4], 1],
    // 4 was sent at once, past three others.
    [[4, 1, 2, 3], 1],
    [[3, 4, 1, 2], 2],
    [[1, 3], 0],
  ])('%j: %i', (numbers, count) => expect(overtaking(order(...numbers))).toBe(count));
});

describe('trials', () => {
  const train = { ident: 1, from: 0, to: 1, transmitted: 0, received: 0, roundTrips: [] };
  const trial = (key: string) => trialsOf('full').find((it) => it.key === key)!;

  it('count what was lost, duplicated, and lost in one go', () => {
    const requests = new Map(Array.from({ length: 1000 }, (_, at) => [at + 1, at]));
    const answer = (number: number) => ({ number, time: number + 0.01 });
    const lost = [...requests.keys()].filter((number) => number % 20 !== 0).map(answer);
    expect(trial('loss-5%').lines(train, { requests, answers: lost })[0]).toMatchObject({ measured: 5, n: 1000 });
    const twice = [...requests.keys()].flatMap((number) =>
      number % 10 ? [answer(number)] : [answer(number), answer(number)],
    );
    expect(trial('duplication-10%').lines(train, { requests, answers: twice })[0]).toMatchObject({ measured: 10 });
    // 10 of every 100 in a row, the last ones cut off by the end of the train.
    const bursts = [...requests.keys()].filter((number) => number % 100 < 90).map(answer);
    const [line] = trial('burst').lines(train, { requests, answers: bursts });
    expect(line).toMatchObject({ measured: 10, n: 10 });
  });

  it('claim nothing of a train of which the capture saw nothing', () => {
    for (const form of ['full', 'quick'] as const) {
      for (const { key, lines } of trialsOf(form)) {
        for (const line of lines(train, nothingSeen)) expect([key, line.verdict]).toEqual([key, 'undecided']);
      }
    }
  });

  it('have lines with distinct keys', () => {
    const keys = trialsOf('full').flatMap(({ lines }) => lines(train, nothingSeen).map(({ key }) => key));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('know what travels in fragments', () => {
    expect(onTheWire(56)).toEqual({ frames: 1, bits: 8 * 98 });
    expect(onTheWire(1472)).toEqual({ frames: 1, bits: 8 * 1514 });
    expect(onTheWire(1473).frames).toBe(2);
    expect(onTheWire(65_000).frames).toBe(44);
  });
});

it('the capture is short of frames when fewer were seen than were sent', () => {
  const paced = captureTrialsOf('quick')[0]!;
  const frames = Array.from({ length: 1900 }, (_, at) => 10 + at / 1000);
  const train = { ident: 1, from: 10, to: 12, transmitted: 1000, received: 1000, roundTrips: [] };
  expect(paced.lines(train, frames)[0]).toMatchObject({ measured: 5, n: 2000, verdict: 'outside' });
  expect(paced.lines(train, frames)[0]!.what).toBe('frames missed by the capture at 1,053 frames/s');
});

describe('faults on the wire', () => {
  const every2ms = (from: number, count: number) =>
    new Map(Array.from({ length: count }, (_, at) => [at + 1, from + at * 0.002]));
  const answersUntil = (requests: ReadonlyMap<number, number>, end: number, again = Number.POSITIVE_INFINITY) =>
    [...requests].filter(([, time]) => time < end || time > again).map(([number, time]) => ({ number, time }));

  it('a cut is between the last packet that came through and the first that did not', () => {
    const requests = every2ms(100, 500);
    const echoes = { requests, answers: answersUntil(requests, 100.4995, 100.6) };
    expect(cutShownAt(echoes, 100.5)).toBeCloseTo(100.499, 6);
    // A loss long before is none of its doing; without one there is nothing to see.
    expect(cutShownAt(echoes, 100.8)).toBeNull();
  });

  it('a process has ended after its last packet and before the next one was due', () => {
    expect(endShownAt({ requests: every2ms(100, 50), answers: [] })).toBeCloseTo(100.099, 6);
    expect(endShownAt({ requests: every2ms(100, 1), answers: [] })).toBeNull();
  });

  it('become lines of errors against the journal, and of the journal against what was intended', () => {
    const trains = new Map(
      Array.from({ length: 40 }, (_, at) => {
        const requests = every2ms(100 * at, 100);
        return [at, { requests, answers: answersUntil(requests, 100 * at + 0.1005) }];
      }),
    );
    const injections = [...trains.keys()].map((ident) => ({
      ident,
      intendedAt: 100 * ident + 0.099,
      injectedAt: 100 * ident + 0.1,
    }));
    const byKey = Object.fromEntries(injectionLines(injections, injections, trains).map((line) => [line.key, line]));
    expect(byKey['injection-late']).toMatchObject({ n: 80, verdict: 'within' });
    expect(byKey['injection-late']!.measured).toBeCloseTo(0.001, 6);
    expect(byKey['cut-error']).toMatchObject({ n: 40, verdict: 'within' });
    expect(byKey['cut-error']!.measured).toBeCloseTo(0.001, 6);
    expect(byKey['kill-error']!.measured).toBeCloseTo(0.099, 6);
    expect(byKey['kill-error']!.verdict).toBe('outside');
    expect(byKey['cut-error-p90']!.n).toBe(40);
  });
});

it('ping’s words are read', () => {
  const text = `64 bytes from 10.1.0.2: icmp_seq=1 ttl=64 time=20.5 ms
64 bytes from 10.1.0.2: icmp_seq=2 ttl=64 time=20.25 ms

3 packets transmitted, 2 received, 33.3% packet loss, time 2005ms`;
  expect(parsePing(text)).toEqual({ transmitted: 3, received: 2, roundTrips: [0.0205, 0.02025] });
  expect(parsePing('ping: connect: Network is unreachable')).toEqual({ transmitted: 0, received: 0, roundTrips: [] });
});
