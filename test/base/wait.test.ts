import { describe, expect, it } from 'vitest';
import { realClock } from '../../harness/base/clock.js';
import { waitFor } from '../../harness/base/wait.js';
import { VirtualClock } from '../virtual-clock.js';

describe('waiting', () => {
  it('gives what the probe found, at the look that found it', async () => {
    const clock = new VirtualClock(0);
    let looks = 0;
    const probe = async () => (++looks === 4 ? 'ready' : undefined);
    expect(await waitFor('pr1', probe, { clock, withinSeconds: 10, everySeconds: 0.5 })).toBe('ready');
    // The first look is at once, so the fourth comes after three pauses.
    expect(clock.now()).toBe(1.5);
  });

  it('takes false, null and 0 for answers', async () => {
    const options = { clock: new VirtualClock(), withinSeconds: 1 };
    for (const answer of [false, null, 0]) expect(await waitFor('it', () => answer, options)).toBe(answer);
  });

  it('is bounded, and names what never came', async () => {
    const clock = new VirtualClock(0);
    const waiting = waitFor('pe1 to be ready', () => undefined, { clock, withinSeconds: 30, everySeconds: 7 });
    await expect(waiting).rejects.toMatchObject({
      code: 'lab-broken',
      message: 'Waited 30 s for pe1 to be ready, in vain',
    });
    // One last look after the deadline, at the fifth multiple of 7 s.
    expect(clock.now()).toBe(35);
  });

  it('ends at once with the reason of a signal, and with what the probe throws', async () => {
    const clock = new VirtualClock(0);
    const stop = new AbortController();
    const waiting = waitFor('it', () => undefined, { clock, withinSeconds: 30, signal: stop.signal });
    stop.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow('Ctrl-C');
    const broken = () => Promise.reject(new Error('no such file'));
    await expect(waitFor('it', broken, { clock, withinSeconds: 30 })).rejects.toThrow('no such file');
  });
});

describe('the real clock', () => {
  it('lets any number sleep under one signal, without a word', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 100 }, () => realClock.sleepUntil(realClock.now() + 0.01, signal)));
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('sleeps until the time, not shorter', async () => {
    const due = realClock.now() + 0.03;
    await realClock.sleepUntil(due);
    // Timers have a resolution of 1 ms and may fire that much early against the finer clock; the loop makes up for it.
    expect(realClock.now()).toBeGreaterThanOrEqual(due);
  });

  it('does not sleep for a time that has passed', async () => {
    await expect(realClock.sleepUntil(realClock.now() - 100)).resolves.toBeUndefined();
  });

  it('wakes with the reason of the signal, before and during the sleep', async () => {
    const stop = new AbortController();
    const reason = new Error('Ctrl-C');
    // A month: longer than one timer can be set to.
    const sleeping = realClock.sleepUntil(realClock.now() + 30 * 86_400, stop.signal);
    stop.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(realClock.sleepUntil(realClock.now() + 1, stop.signal)).rejects.toBe(reason);
    await expect(realClock.sleepUntil(0, stop.signal)).rejects.toBe(reason);
  });
});
