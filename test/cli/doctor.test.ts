import { expect, it } from 'vitest';
import { type Diagnosis, defaultLab } from '../../harness/cli/doctor.js';

const lab = (name: string, works: boolean, ...missing: string[]): Diagnosis => ({
  ...{ lab: name, works, detail: '' },
  missing: missing.map((what) => ({ what, remedy: '' })),
});

it('what is taken without --on is the first lab that lacks nothing, whether or not a later one works', () => {
  const labs = [lab('netns', false, 'root'), lab('uml', false), lab('docker', true)];
  expect(defaultLab(labs)).toMatchObject({ lab: 'uml', works: false });
});

it('there may be none', () =>
  expect(defaultLab([lab('netns', false, 'root'), lab('uml', false, 'tshark')])).toBe(undefined));
