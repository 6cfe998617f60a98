/** Runs that come to nothing with some worker: tried elsewhere, given up once. */
import { describe, expect, it } from 'vitest';
import { simSubject } from '../../harness/run/sim-subject.js';
import type { RunOutcome, Task } from '../../harness/sweep/executor.js';
import { layOut } from '../../harness/sweep/grid.js';
import { cut } from '../../harness/sweep/queue/cutter.js';
import { Estimate } from '../../harness/sweep/queue/estimate.js';
import { Outstanding } from '../../harness/sweep/queue/outstanding.js';
import { type News, packChunk, packNews, planOf, unpackChunk, unpackNews } from '../../harness/sweep/queue/parcel.js';
import { Performer, type Told } from '../../harness/sweep/queue/performer.js';
import { loaded } from './sweeps.js';

const phases = { measure: 60 };
const gridOf = (measure = phases.measure) =>
  layOut(loaded, { seed: 1, restriction: {}, phases: { measure }, subject: simSubject });
const grid = gridOf();
const tasksOf = (replications: number): Task[] =>
  grid.points.flatMap((point) => [...Array(replications).keys()].map((at) => ({ point, replication: at + 1 })));
const cutOf = (tasks: readonly Task[], seconds = 1e6, of = grid) =>
  cut([...tasks].reverse(), seconds, 'sim', of, new Estimate('simulated'));
const [first, second] = tasksOf(1) as [Task, Task];

const news = (chunk: string, worker: string, outcome: News['results'][number]['outcome'], isEnded = false): News => ({
  ...{ chunk, worker, seconds: 1, isEnded },
  results: [{ point: first.point.index, replication: 1, outcome }],
});
const lost = { reason: 'its process ended with SIGKILL', isFinal: false };
const done = { values: { utilisation_percent: 1 }, verdict: null, folder: null };

function outstanding() {
  const [given, again]: [[Task, RunOutcome][], Task[]] = [[], []];
  const all = new Outstanding(
    (...what) => given.push(what),
    (task) => again.push(task),
  );
  return { all, given, again };
}

describe('a run', () => {
  it('that breaks everywhere is tried three times, elsewhere, alone, and reported once with its reason', () => {
    const { all, given, again } = outstanding();
    for (const [at, worker] of ['a', 'b', 'c'].entries()) {
      all.add(`${at}`, cutOf([first]));
      all.hear(news(`${at}`, worker, lost, true));
      if (at === 2) break;
      expect(all.takeAlone(again)).toBe(first);
      expect(all.avoidedBy(first)).toEqual(['a', 'b', 'c'].slice(0, at + 1));
    }
    expect(again).toEqual([]);
    expect(given).toEqual([[first, { reason: `${lost.reason} (tried 3 times on 3 workers)` }]]);
  });

  it('that somebody else can do is done, and a second result changes nothing', () => {
    const { all, given, again } = outstanding();
    all.add('0', cutOf([first]));
    all.hear(news('0', 'a', lost, true));
    all.add('1', cutOf(again));
    all.hear(news('1', 'b', done, false));
    all.hear(news('1', 'b', { ...done, values: { utilisation_percent: 2 } }, true));
    expect(given).toEqual([[first, done]]);
  });

  it('that would come to nothing anywhere is not tried again', () => {
    const { all, given, again } = outstanding();
    all.add('0', cutOf([first]));
    all.hear(news('0', 'a', { reason: 'a bad plan', isFinal: true }, true));
    expect([given, again]).toEqual([[[first, { reason: 'a bad plan' }]], []]);
  });

  it('is done again when its chunk is gone from the queue, and alone when it took its workers with it', () => {
    const { all, given, again } = outstanding();
    all.add('0', cutOf([first, second]));
    all.hear(news('0', 'a', done));
    all.settle([{ chunk: '0', state: 'active', reason: '' }]);
    expect(all.size).toBe(1);
    all.settle([{ chunk: '0', state: 'unknown', reason: '' }]);
    expect([given.length, again, all.size]).toEqual([1, [second], 0]);
    expect(all.takeAlone([second])).toBeUndefined();

    for (const chunk of ['1', '2', '3', '4']) {
      all.add(chunk, cutOf(chunk === '1' ? [second, tasksOf(2)[3]!] : [second]));
      all.settle([{ chunk, state: 'failed', reason: 'job stalled more than allowable limit' }]);
      if (chunk === '1') expect(all.takeAlone([second])).toBe(second);
    }
    expect(given.at(-1)).toEqual([second, { reason: 'job stalled more than allowable limit (tried 3 times)' }]);
  });
});

describe('a chunk', () => {
  it('has as much work as was asked for, its plans once for each point, and gives them back as they were', () => {
    const tasks = tasksOf(5);
    const all = cutOf(tasks);
    expect(all.chunk.runs).toHaveLength(tasks.length);
    expect(all.chunk.plans).toHaveLength(grid.points.length);
    const each = all.guessedSeconds / tasks.length;
    expect(cutOf(tasks, 3.5 * each).tasks).toHaveLength(4);
    const again = unpackChunk(packChunk(all.chunk));
    expect(again.runs.map((run) => planOf(again, run))).toEqual(
      tasks.map(({ point, replication }) => grid.planFor(point, replication)),
    );
  });

  it('that is something else is refused, and so is news of it', () => {
    expect(() => unpackChunk('AAAA')).toThrow(/expected a chunk of runs, got something else/);
    expect(() => unpackNews(Buffer.from('news'))).toThrow(/expected news of a chunk, got something else/);
    const said = news('0', 'a', done);
    expect(unpackNews(packNews(said))).toEqual(said);
  });
});

describe('a performer', { timeout: 120_000 }, () => {
  it('that hangs or dies is noticed, says which run it was, and is replaced by one that works', async () => {
    const performer = new Performer();
    try {
      // Months of simulated time take far longer than the second that is allowed here.
      const { chunk } = cutOf([first], 1e6, gridOf(1e8));
      const told: Told[] = [];
      const tell = async (what: Told) => told.push(what) > 0;
      const work = packChunk({ ...chunk, silenceMost: 0.5 });
      const died = await performer.perform({ work, without: [], isCareful: true }, tell);
      expect(died).toMatch(/its process gave no sign for \d s/);
      expect(told.at(-1)!.next).toEqual({ point: 0, replication: 1 });

      told.length = 0;
      const small = packChunk(cutOf(tasksOf(2)).chunk);
      expect(await performer.perform({ work: small, without: ['0/1'], isCareful: false }, tell)).toBe(null);
      const results = told.flatMap((what) => what.results);
      expect(results.map(({ point, replication }) => `${point}/${replication}`)).toEqual([
        ...['0/2', '1/1', '1/2', '2/1', '2/2', '3/1', '3/2'],
      ]);
      await expect(performer.perform({ work: 'AAAA', without: [], isCareful: false }, tell)).rejects.toThrow(
        /expected a chunk/,
      );
    } finally {
      await performer.close();
    }
  });
});
