import { describe, expect, it } from 'vitest';
import { countFrom, readSettings, seedFrom } from '../../harness/cli/settings.js';
import type { LoadedExperiment } from '../../harness/experiment/load.js';

const vary = { keepAlive: [1, 3], policy: ['LeastUsed'], warm: [true] };
const loaded = { experiment: { vary } } as unknown as LoadedExperiment;
const read = (set: string[], lists = false) => readSettings(loaded, set, { lists });

describe('--set', () => {
  it('reads each value as what it stands for', () => {
    const set = ['keepAlive=500ms', 'policy=Random', 'warm=false', 'measure=2min', 'drain=0'];
    expect(read(set)).toEqual({
      values: { keepAlive: [0.5], policy: ['Random'], warm: [false] },
      phases: { measure: 120, drain: 0 },
    });
  });

  it('takes numbers of any size, and the last of a name that is repeated', () => {
    expect(read(['keepAlive=1e6', 'keepAlive=-2', 'policy=a=b']).values).toEqual({ keepAlive: [-2], policy: ['a=b'] });
  });

  it('has lists where they are asked for', () => {
    expect(read(['keepAlive=1,2s,1'], true).values).toEqual({ keepAlive: [1, 2] });
    expect(() => read(['keepAlive=1,2'])).toThrow("--set keepAlive: expected a number such as 1, got '1,2'");
  });

  it.each([
    ['keepAlive', "--set: expected name=value, got 'keepAlive'"],
    ['=1', "--set: expected name=value, got '=1'"],
    ['keepalive=1', "--set: expected one of keepAlive, policy, warm, settle, warmUp, measure, drain, got 'keepalive'"],
    [
      'constructor=1',
      "--set: expected one of keepAlive, policy, warm, settle, warmUp, measure, drain, got 'constructor'",
    ],
    ['keepAlive=long', "--set keepAlive: expected a number such as 1, got 'long'"],
    ['keepAlive=', "--set keepAlive: expected a number such as 1, got ''"],
    ['warm=yes', "--set warm: expected true or false, got 'yes'"],
    ['measure=ever', "--set measure: expected a duration such as 500ms, 30s or 2min, got 'ever'"],
    ['measure=-1s', "--set measure: expected a duration such as 500ms, 30s or 2min, got '-1s'"],
  ])('refuses %j', (entry, message) => {
    expect(() => read([entry])).toThrow(expect.objectContaining({ code: 'bad-input', message }));
  });
});

it('--seed is a whole number', () => {
  expect([seedFrom('7'), seedFrom('-3'), seedFrom('0')]).toEqual([7, -3, 0]);
  for (const text of ['', ' ', '1.5', 'x', 'Infinity', '1e30']) {
    expect(() => seedFrom(text)).toThrow(`--seed: expected a whole number, got '${text}'`);
  }
});

it('a count is a whole number of at least 1', () => {
  expect(countFrom('--workers', '4')).toBe(4);
  for (const text of ['', '0', '-1', '1.5', 'many']) {
    expect(() => countFrom('--workers', text)).toThrow(
      `--workers: expected a whole number of at least 1, got '${text}'`,
    );
  }
});
