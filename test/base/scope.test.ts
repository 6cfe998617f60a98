import { expect, it } from 'vitest';
import { Scope } from '../../harness/base/scope.js';

it('closes what was opened, last in, first out, each before the next', async () => {
  const closed: string[] = [];
  const scope = new Scope();
  for (const what of ['lab', 'capture', 'components']) {
    scope.defer(what, async () => {
      await Promise.resolve();
      closed.push(what);
    });
  }
  await scope.close();
  expect(closed).toEqual(['components', 'capture', 'lab']);
});

it('runs every clean-up and reports every failure, asynchronous or not', async () => {
  const closed: string[] = [];
  const scope = new Scope();
  scope.defer('lab', () => closed.push('lab'));
  scope.defer('capture', () => Promise.reject(new Error('dumpcap hangs')));
  scope.defer('faults', () => closed.push('faults'));
  scope.defer('components', () => {
    throw new Error('pe1 is gone');
  });
  const error = await scope.close().catch((error) => error);
  expect(closed).toEqual(['faults', 'lab']);
  expect(error).toBeInstanceOf(AggregateError);
  expect(error.message).toBe('Clean-up failed: components: pe1 is gone; capture: dumpcap hangs');
  expect(error.errors[0].cause.message).toBe('pe1 is gone');
});

it('closes once, for a signal handler and the normal end may both ask for it', async () => {
  let count = 0;
  const scope = new Scope();
  scope.defer('lab', async () => {
    await Promise.resolve();
    count++;
  });
  await Promise.all([scope.close(), scope.close()]);
  await scope.close();
  expect(count).toBe(1);
});

it('closes at the end of a block, and also what was deferred while it closed', async () => {
  const closed: string[] = [];
  {
    await using scope = new Scope();
    scope.defer('lab', () => {
      closed.push('lab');
      scope.defer('late', () => closed.push('late'));
    });
  }
  expect(closed).toEqual(['lab', 'late']);
});
