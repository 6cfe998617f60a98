import { expect, it } from 'vitest';
import { type Job, Jobs, sliceSeconds } from '../../../../harness/pool/native/peer/jobs.js';

const job = (size: number, progress = 0, at = 0): Job => ({
  ...{ size, progress, cookieProgress: progress, cookieAt: at },
});

/** 100 calculations a second, a cookie every 20 of a job, none by time. */
const work = { capacity: 100, cookieInterval: 20, cookieTime: null };

it('one job has all of the capacity, two share it', () => {
  const jobs = new Jobs({ ...work, cookieInterval: null });
  const [first, second] = [job(1000), job(1000)];
  jobs.add(first, 0);
  jobs.advance(0.2);
  expect(first.progress).toBeCloseTo(20);
  jobs.add(second, 0.2);
  jobs.advance(0.4);
  expect([first.progress, second.progress]).toEqual([expect.closeTo(30), expect.closeTo(10)]);
});

it('says when the next thing is due: a cookie by work, a completion, or the next look at the work', () => {
  const jobs = new Jobs(work);
  expect(jobs.untilNext()).toBeUndefined();
  jobs.add(job(1000), 0);
  // 20 calculations at 100 a second.
  expect(jobs.untilNext()).toBeCloseTo(0.2);
  jobs.add(job(5), 0);
  // 5 at half of it.
  expect(jobs.untilNext()).toBeCloseTo(0.1);
  const slow = new Jobs({ ...work, cookieInterval: null });
  slow.add(job(1e9), 0);
  expect(slow.untilNext()).toBe(sliceSeconds.usual);
});

it('completed jobs are taken out, and cookies that are due count as sent', () => {
  const jobs = new Jobs(work);
  const [short, long] = [job(10), job(1000)];
  jobs.add(short, 0);
  jobs.add(long, 0);
  expect(jobs.due(0.1)).toEqual({ completed: [], cookies: [] });
  // Half of 0.4 s × 100: the short one was done in between, the long one has 20.
  const { completed, cookies } = jobs.due(0.4);
  expect(completed).toEqual([short]);
  expect(cookies).toEqual([long]);
  expect(long.cookieProgress).toBeCloseTo(long.progress);
  expect(jobs.due(0.41).cookies).toEqual([]);
});

it('a cookie is due by time as well', () => {
  const jobs = new Jobs({ capacity: 100, cookieInterval: null, cookieTime: 0.3 });
  const long = job(1e6);
  jobs.add(long, 0);
  expect(jobs.due(0.2).cookies).toEqual([]);
  expect(jobs.due(0.3).cookies).toEqual([long]);
});

it('a process that was stopped worked no longer than a slice', () => {
  const jobs = new Jobs({ ...work, cookieInterval: null });
  const long = job(1e6);
  jobs.add(long, 0);
  jobs.advance(60);
  expect(long.progress).toBeCloseTo(100 * sliceSeconds.usual);
});

it('a job that comes with more than its size done is completed at once', () => {
  const jobs = new Jobs(work);
  const done = job(10, 50);
  jobs.add(done, 0);
  expect(jobs.untilNext()).toBe(0);
  expect(jobs.due(0).completed).toEqual([done]);
});
