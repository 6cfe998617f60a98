import { describe, expect, it } from 'vitest';
import { labBroken } from '../../harness/base/errors.js';
import { randomFrom } from '../../harness/base/random.js';
import { type FaultHandler, Injector, type Strike } from '../../harness/fault/injector.js';
import type { ScheduledFault } from '../../harness/fault/schedule.js';
import {
  all,
  at,
  busy,
  cutPath,
  every,
  failure,
  freeze,
  impair,
  kill,
  mtbf,
  named,
  one,
  partition,
  powerOff,
  s,
} from '../../harness/index.js';
import { VirtualClock } from '../virtual-clock.js';

interface Bench {
  faults: ScheduledFault[];
  elements?: number;
  seed?: number;
  cleanShutdownProbability?: number;
  handler?: Partial<FaultHandler>;
}

/** An injector over pe1, pe2, … whose faults are lines of a history, timed from the start. */
function bench({ faults, elements = 3, seed = 1, cleanShutdownProbability = 0, handler = {} }: Bench) {
  const clock = new VirtualClock(1000);
  const stop = new AbortController();
  const strikes: Strike[] = [];
  const history: string[] = [];
  const down = new Set<string>();
  const told = (text: string, time = clock.now()) => history.push(`${Number((time - 1000).toFixed(3))} ${text}`);
  const injector = new Injector({
    faults,
    hosts: [
      { name: 'pr1', group: 'registrars' },
      ...Array.from({ length: elements }, (_, at) => ({ name: `pe${at + 1}`, group: 'elements' })),
    ],
    cleanShutdownProbability: () => cleanShutdownProbability,
    handler: {
      async inject({ host }) {
        down.add(host);
        return { injectedAt: clock.now(), evidence: 'seen' };
      },
      async heal({ host }) {
        down.delete(host);
      },
      busy: async () => [],
      ...handler,
    },
    clock,
    random: randomFrom(seed, 'faults'),
    signal: stop.signal,
    onStrike: (strike) => {
      strikes.push(strike);
      told(`${strike.kind} ${strike.host}`);
    },
    onHeal: ({ host }, healedAt) => told(`heal ${host}`, healedAt),
    onSkip: (_, intendedAt, reason) => told(`skip: ${reason}`, intendedAt),
  });
  return { injector, clock, stop, strikes, history, down };
}

describe('schedules', () => {
  it('strike at their times of the measurement and heal when they have lasted', async () => {
    const { injector, history } = bench({
      faults: [at(s(2), kill(named('pe1')), { lasting: s(3) }), every(s(10), kill(named('pe2')), { lasting: s(1) })],
    });
    await injector.measure(20);
    await injector.finish();
    expect(history).toEqual(['2 kill pe1', '5 heal pe1', '10 kill pe2', '11 heal pe2', '20 kill pe2', '20 heal pe2']);
  });

  it('intend exact times and count from 1', async () => {
    const { injector, strikes } = bench({ faults: [every(s(0.1), kill(all('elements')), { lasting: s(0) })] });
    await injector.measure(0.35);
    // Each strike hits three elements at one moment.
    expect(strikes.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(strikes.map(({ intendedAt }) => intendedAt)).toEqual(
      [0, 1, 2].flatMap((n) => Array(3).fill(1000 + (0.1 + n * 0.1))),
    );
    await injector.finish();
  });

  it('of mtbf start with the elements’ readiness, and give each element of a group a clock of its own', async () => {
    const { injector, clock, history, strikes } = bench({
      faults: [mtbf(s(50), kill(all('elements')), { lasting: s(5) })],
    });
    injector.startUpTimes();
    await clock.sleepUntil(clock.now() + 500);
    await injector.finish();
    const of = (host: string) => strikes.filter((strike) => strike.host === host).map(({ intendedAt }) => intendedAt);
    const times = ['pe1', 'pe2', 'pe3'].map(of);
    for (const each of times) expect(each.length).toBeGreaterThan(1);
    expect(new Set(times.flat()).size).toBe(times.flat().length);
    // A clock starts anew when the element is back, 5 s later.
    for (const each of times)
      for (const [n, time] of each.slice(1).entries()) expect(time - each[n]!).toBeGreaterThan(5);
    expect(history.filter((line) => line.includes('heal'))).toHaveLength(strikes.length);
  });

  it('strike no more when told so, but still heal', async () => {
    const { injector, clock, history } = bench({ faults: [mtbf(s(5), kill(named('pe1')), { lasting: s(1000) })] });
    injector.startUpTimes();
    await clock.sleepUntil(clock.now() + 100);
    injector.noMore();
    await clock.sleepUntil(clock.now() + 2000);
    expect(history).toHaveLength(2);
    expect(history[1]).toContain('heal pe1');
    await injector.finish();
    expect(history).toHaveLength(2);
  });
});

describe('targets', () => {
  it('are one host at random, all of a group, or the named ones', async () => {
    const hit = async (fault: ScheduledFault) => {
      const { injector, strikes } = bench({ faults: [fault] });
      await injector.measure(1);
      await injector.finish();
      return strikes.map(({ host }) => host);
    };
    expect(await hit(at(s(1), kill(one('elements'))))).toEqual([expect.stringMatching(/^pe[123]$/)]);
    expect(await hit(at(s(1), kill(all('elements'))))).toEqual(['pe1', 'pe2', 'pe3']);
    expect(await hit(at(s(1), kill(named('pe3', 'pr1'))))).toEqual(['pe3', 'pr1']);
  });

  it('of one reach every host in time', async () => {
    const { injector, strikes } = bench({ faults: [every(s(1), kill(one('elements')), { lasting: s(0) })] });
    await injector.measure(60);
    await injector.finish();
    // 60 draws among three miss one with probability 3·(2/3)^60 < 10^-10.
    expect(new Set(strikes.map(({ host }) => host))).toEqual(new Set(['pe1', 'pe2', 'pe3']));
  });

  it('of busy are waited for, and the fault is intended for the moment one is found', async () => {
    const made: ReturnType<typeof bench> = bench({
      faults: [at(s(2), kill(busy('elements')))],
      handler: { busy: async () => (made.clock.now() < 1003 ? [] : ['pe2']) },
    });
    await made.injector.measure(10);
    await made.injector.finish();
    expect(made.strikes).toMatchObject([{ host: 'pe2' }]);
    // Looked for every 20 ms.
    expect(made.strikes[0]!.intendedAt).toBeGreaterThanOrEqual(1003);
    expect(made.strikes[0]!.intendedAt).toBeLessThan(1003.021);
  });

  it('that nobody is up for make a skipped fault', async () => {
    const { injector, history } = bench({
      faults: [at(s(1), kill(all('elements'))), at(s(2), kill(one('elements'))), at(s(3), kill(busy('elements')))],
    });
    await injector.measure(20);
    expect(history).toEqual([
      '1 kill pe1',
      '1 kill pe2',
      '1 kill pe3',
      "2 skip: no host for 'one elements' that may have it",
      "3 skip: no host for 'busy elements' that may have it",
    ]);
    await injector.finish();
  });

  it('of two faults at one moment are two hosts', async () => {
    const { injector, strikes } = bench({
      faults: [at(s(1), kill(one('elements'))), at(s(1), kill(one('elements'))), at(s(1), kill(one('elements')))],
    });
    await injector.measure(2);
    expect(strikes.map(({ host }) => host).sort()).toEqual(['pe1', 'pe2', 'pe3']);
    await injector.finish();
  });
});

describe('several faults on one host', () => {
  it('strike and heal each in its own time when they go together', async () => {
    const { injector, clock, history } = bench({
      faults: [
        at(s(1), cutPath(named('pe1'), 'red'), { lasting: s(6) }),
        at(s(2), cutPath(named('pe1'), 'blue'), { lasting: s(1) }),
        at(s(4), powerOff(named('pe1')), { lasting: s(4) }),
        at(s(5), impair(named('pe1'), { lossPercent: 5 }), { lasting: s(1) }),
      ],
    });
    await injector.measure(10);
    await clock.sleepUntil(1010);
    await injector.finish();
    expect(history).toEqual([
      ...['1 cutPath pe1', '2 cutPath pe1', '3 heal pe1', '4 powerOff pe1', '5 impair pe1'],
      ...['6 heal pe1', '7 heal pe1', '8 heal pe1'],
    ]);
  });

  it('leave out what does not: a process has one at a time, a leg none twice of a kind', async () => {
    const { injector, clock, history } = bench({
      faults: [
        at(s(1), kill(named('pe1')), { lasting: s(5) }),
        at(s(2), freeze(named('pe1')), { lasting: s(1) }),
        at(s(3), impair(named('pe1'), { lossPercent: 5 }), { lasting: s(5) }),
        at(s(4), impair(named('pe1'), { lossPercent: 9 }, { network: 'red' }), { lasting: s(1) }),
        at(s(6.5), freeze(named('pe1')), { lasting: s(1) }),
      ],
    });
    await injector.measure(10);
    await clock.sleepUntil(1010);
    await injector.finish();
    expect(history).toEqual([
      '1 kill pe1',
      "2 skip: no host for 'pe1' that may have it",
      '3 impair pe1',
      "4 skip: no host for 'pe1' that may have it",
      ...['6 heal pe1', '6.5 freeze pe1', '7.5 heal pe1', '8 heal pe1'],
    ]);
  });

  it('are no partition when one of its hosts cannot have it', async () => {
    const { injector, history } = bench({
      faults: [
        at(s(1), partition([['pe1'], ['pe2']]), { lasting: s(4) }),
        at(s(2), partition([['pe2'], ['pe3']]), { lasting: s(1) }),
      ],
    });
    await injector.measure(3);
    await injector.finish();
    expect(history.filter((line) => !line.includes('heal'))).toEqual([
      ...['1 partition pe1', '1 partition pe2'],
      "2 skip: no host for 'pe2, pe3' that may have it",
    ]);
  });

  it('are healed at the end from the latest to the first', async () => {
    const healed: string[] = [];
    const { injector } = bench({
      faults: [
        at(s(1), cutPath(named('pe1'), 'red')),
        at(s(2), powerOff(named('pe1'))),
        at(s(3), impair(named('pe1'), { lossPercent: 5 })),
      ],
      handler: { heal: async ({ kind }) => void healed.push(kind) },
    });
    await injector.measure(4);
    await injector.finish();
    expect(healed).toEqual(['impair', 'powerOff', 'cutPath']);
  });
});

describe('the end', () => {
  it('heals everything that is struck, once', async () => {
    const { injector, history, down } = bench({
      faults: [at(s(1), kill(named('pe1'))), at(s(1), kill(named('pe2')), { lasting: s(500) })],
    });
    await injector.measure(5);
    await injector.finish();
    await injector.finish();
    expect(down).toEqual(new Set());
    expect(history.slice(2).sort()).toEqual(['1 heal pe1', '1 heal pe2']);
  });

  it('heals everything after an abort, also what is just being injected', async () => {
    const made: ReturnType<typeof bench> = bench({
      faults: [at(s(1), kill(named('pe1'))), at(s(2), powerOff(named('pe2'))), at(s(100), kill(named('pe3')))],
      handler: {
        async inject({ host }) {
          // Links go down one after the other.
          await made.clock.sleepUntil(made.clock.now() + 1);
          made.down.add(host);
          return { injectedAt: made.clock.now(), evidence: 'seen' };
        },
      },
    });
    const measuring = made.injector.measure(200).catch((error) => error.message);
    await made.clock.sleepUntil(1002.5);
    made.stop.abort(new Error('Ctrl-C'));
    expect(await measuring).toBe('Ctrl-C');
    await made.injector.finish();
    expect(made.down).toEqual(new Set());
    expect(
      made.history
        .filter((line) => line.includes('heal'))
        .map((line) => line.split(' ')[2])
        .sort(),
    ).toEqual(['pe1', 'pe2']);
  });

  it('tries every heal and throws what failed', async () => {
    const healed: string[] = [];
    const { injector } = bench({
      faults: [at(s(1), kill(all('elements')))],
      handler: {
        heal: async ({ host }) => {
          if (host === 'pe2') throw labBroken('pe2 does not start');
          healed.push(host);
        },
      },
    });
    await injector.measure(1);
    await expect(injector.finish()).rejects.toThrow('pe2 does not start');
    expect(healed).toEqual(['pe1', 'pe3']);
  });
});

describe('failures of the injection itself', () => {
  const broken = { inject: () => Promise.reject(labBroken('links do not go down')) };

  it('end the measurement', async () => {
    const { injector } = bench({ faults: [at(s(1), kill(one('elements')))], handler: broken });
    await expect(injector.measure(5)).rejects.toThrow('links do not go down');
    await injector.finish();
  });

  it('are told when they happen in the background: an mtbf fault, a heal', async () => {
    const ticking = bench({ faults: [mtbf(s(1), kill(one('elements')))], handler: broken });
    ticking.injector.startUpTimes();
    await expect(ticking.injector.failed).rejects.toThrow('links do not go down');
    const healing = bench({
      faults: [at(s(1), kill(one('elements')), { lasting: s(1) })],
      handler: { heal: () => Promise.reject(labBroken('pe1 does not start')) },
    });
    await healing.injector.measure(1);
    await expect(healing.injector.failed).rejects.toThrow('pe1 does not start');
  });
});

describe('chance', () => {
  const kindsOf = async (cleanShutdownProbability: number) => {
    const { injector, strikes } = bench({
      faults: [every(s(1), failure(one('elements')), { lasting: s(0) })],
      cleanShutdownProbability,
    });
    await injector.measure(400);
    await injector.finish();
    return strikes.map(({ kind }) => kind);
  };

  it('draws failures between shutdown and power-off by the clean shutdown probability', async () => {
    expect(new Set(await kindsOf(0))).toEqual(new Set(['powerOff']));
    expect(new Set(await kindsOf(1))).toEqual(new Set(['shutdown']));
    const clean = (await kindsOf(0.3)).filter((kind) => kind === 'shutdown').length;
    // Binomial with n = 400, p = 0.3: 120 ± 9.2; five deviations.
    expect(Math.abs(clean - 120)).toBeLessThan(5 * 9.2);
  });

  it('is the seed’s: the same seed strikes the same hosts at the same times, another one does not', async () => {
    const strikesOf = async (seed: number) => {
      const { injector, clock, history } = bench({
        seed,
        cleanShutdownProbability: 0.5,
        faults: [
          mtbf(s(30), failure(all('elements')), { lasting: s(3) }),
          every(s(20), kill(one('elements')), { lasting: s(2) }),
        ],
      });
      injector.startUpTimes();
      await injector.measure(300);
      await clock.sleepUntil(1300);
      await injector.finish();
      return history;
    };
    const first = await strikesOf(5);
    expect(await strikesOf(5)).toEqual(first);
    expect(await strikesOf(6)).not.toEqual(first);
  });

  it('of one fault is not moved by another one beside it', async () => {
    const timesOf = async (faults: ScheduledFault[]) => {
      const { injector, clock, strikes } = bench({ faults });
      injector.startUpTimes();
      await clock.sleepUntil(1300);
      await injector.finish();
      return strikes.filter(({ host }) => host === 'pe1').map(({ intendedAt }) => intendedAt);
    };
    const alone = mtbf(s(30), kill(named('pe1')));
    expect(await timesOf([alone, mtbf(s(10), kill(named('pe2')))])).toEqual(await timesOf([alone]));
  });
});
