/**
 * The rules of the house, held against the sources themselves. A rule that nothing needs any more fails as well: what
 * is allowed is what is done.
 */
import { describe, expect, it } from 'vitest';
import { type Source, sourcesIn } from './sources.js';

const sources = sourcesIn('harness', 'topologies', 'experiments', 'reports');

/**
 * Which folder may import which, in the order in which they build on each other: nobody imports what stands below
 * them. `door` is `harness/index.ts`.
 */
const allowed: Record<string, readonly string[]> = {
  base: [],
  setup: ['base'],
  topology: ['base'],
  fault: ['base', 'topology'],
  experiment: ['base', 'topology', 'fault'],
  protocol: ['base', 'experiment'],
  result: [],
  stats: ['base', 'result'],
  sim: ['base', 'topology', 'fault', 'experiment', 'protocol', 'result'],
  door: ['base', 'topology', 'fault', 'experiment', 'sim'],
  topologies: ['door'],
  experiments: ['door', 'topologies'],
  lab: ['base', 'topology', 'fault', 'experiment'],
  pool: ['base', 'fault', 'experiment', 'protocol', 'result', 'lab'],
  audio: ['base', 'sim', 'pool'],
  measure: ['base', 'topology', 'fault', 'experiment', 'result', 'stats'],
  calibrate: ['base', 'topology', 'experiment', 'result', 'stats', 'lab', 'pool', 'measure'],
  run: ['base', 'fault', 'experiment', 'result', 'stats', 'sim', 'lab', 'pool', 'measure', 'calibrate'],
  compare: ['base', 'experiment', 'result', 'stats', 'sim', 'run'],
  shrink: ['base', 'experiment', 'fault', 'result', 'run', 'compare'],
  explore: ['base', 'experiment', 'fault', 'result', 'sim', 'run', 'compare', 'shrink'],
  sweep: ['base', 'experiment', 'result', 'stats', 'sim', 'run'],
  gate: ['base', 'experiment', 'result', 'stats', 'pool', 'run', 'sweep'],
  reports: [
    ...['base', 'fault', 'experiment', 'result', 'stats', 'sim', 'audio', 'measure', 'calibrate', 'run', 'compare'],
    ...['explore', 'sweep', 'gate'],
  ],
  cli: [
    ...['base', 'setup', 'fault', 'experiment', 'result', 'stats', 'lab', 'pool', 'calibrate', 'run', 'compare'],
    ...['shrink', 'explore', 'sweep', 'gate', 'reports'],
  ],
};

/** `base` of `harness/base/check.ts`; undefined for packages. */
function folderOf(path: string): string | undefined {
  if (path === 'harness/index.ts') return 'door';
  return /^harness\/([^/]+)\//.exec(path)?.[1] ?? /^(topologies|experiments|reports)\//.exec(path)?.[1];
}

const crossings = sources.flatMap(({ path, imports }) =>
  imports.flatMap((imported) => {
    const [from, to] = [folderOf(path)!, folderOf(imported)];
    return to === undefined || to === from ? [] : [{ from, to, path, imported }];
  }),
);

describe('imports', () => {
  it('are read: a sample that is known to be there', () => {
    expect(sources.find(({ path }) => path === 'harness/fault/injector.ts')?.imports).toContain(
      'harness/base/clock.ts',
    );
    expect(sources.find(({ path }) => path === 'harness/index.ts')?.imports).toContain('harness/base/units.ts');
  });

  it('cross folders only as the table allows', () => {
    const forbidden = crossings.filter(({ from, to }) => !allowed[from]?.includes(to));
    expect(forbidden.map(({ path, imported }) => `${path} imports ${imported}`)).toEqual([]);
  });

  it('are all needed: no entry of the table is stale', () => {
    const stale = Object.entries(allowed).flatMap(([from, tos]) =>
      tos
        .filter((to) => !crossings.some((crossing) => crossing.from === from && crossing.to === to))
        .map((to) => `${from} → ${to}`),
    );
    expect(stale).toEqual([]);
  });

  it('point one way: nobody imports what stands below them in the table', () => {
    const order = Object.keys(allowed);
    const back = Object.entries(allowed).flatMap(([from, tos]) =>
      tos.filter((to) => order.indexOf(to) >= order.indexOf(from)).map((to) => `${from} → ${to}`),
    );
    expect(back).toEqual([]);
  });

  it('of a lab backend never reach another backend', () => {
    // What runs inside any lab kernel is no backend.
    const backendOf = (path: string) => /^harness\/lab\/(?!guest\/)([^/]+)\//.exec(path)?.[1];
    const wrong = sources.flatMap(({ path, imports }) =>
      imports
        .filter((imported) => backendOf(path) && backendOf(imported) && backendOf(path) !== backendOf(imported))
        .map((imported) => `${path} imports ${imported}`),
    );
    expect(wrong).toEqual([]);
  });
});

/** Where these may be; every place must use them. */
const places = {
  execa: [
    'harness/calibrate/fingerprint.ts',
    'harness/lab/batch.ts',
    'harness/lab/docker/build-image.ts',
    'harness/lab/docker/docker-lab.ts',
    'harness/lab/docker/own-engine.ts',
    'harness/lab/docker/stages.ts',
    'harness/lab/fault-probe.ts',
    'harness/lab/guest/tree.ts',
    'harness/lab/libraries.ts',
    'harness/lab/netns/netns-lab.ts',
    'harness/lab/probe.ts',
    'harness/lab/process.ts',
    'harness/lab/remote/captures.ts',
    'harness/lab/remote/ssh.ts',
    'harness/lab/sctp.ts',
    'harness/lab/uml/boot.ts',
    'harness/lab/uml/guest.ts',
    'harness/lab/virtual/boot.ts',
    'harness/lab/virtual/guest.ts',
    'harness/lab/virtual/qemu.ts',
    'harness/measure/tshark.ts',
    'harness/pool/build/find.ts',
    'harness/pool/web/k6.ts',
    'harness/pool/web/service.ts',
    'harness/setup/guest.ts',
    'harness/setup/machine.ts',
    'harness/setup/packages.ts',
    'harness/sweep/queue/performer.ts',
    'harness/sweep/slurm.ts',
  ],
  'node:child_process': ['harness/lab/watchdog.ts', 'harness/setup/prepare.mjs', 'harness/setup/test.mjs'],
};

it.each(Object.entries(places))('%s is imported where processes are started, and nowhere else', (name, expected) => {
  const users = sources.filter(({ imports }) => imports.includes(name)).map(({ path }) => path);
  expect(users).toEqual(expected);
});

it('dockerode is known to the docker lab alone', () => {
  const users = sources.filter(({ imports }) => imports.includes('dockerode')).map(({ path }) => path);
  expect(users).not.toEqual([]);
  expect(users.filter((path) => !path.startsWith('harness/lab/docker/'))).toEqual([]);
});

it('time, chance and the environment come from base and cli alone', () => {
  const taken = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.env\b|\bperformance\.now\b|\bhrtime\b/;
  // Set-up runs before anything is compiled.
  const free = /^harness\/(base|cli)\/|^harness\/setup\/[^/]*\.mjs$/;
  const wrong = sources.filter(({ path, text }) => !free.test(path) && taken.test(text)).map(({ path }) => path);
  expect(wrong).toEqual([]);
});

describe('sizes', () => {
  const lines = ({ text }: Source) => text.trimEnd().split('\n');

  it('of files are at most 300 lines', () => {
    const long = sources.filter((source) => lines(source).length > 300);
    expect(long.map((source) => `${source.path}: ${lines(source).length}`)).toEqual([]);
  });

  it('of lines are at most 120 characters', () => {
    // The formatter breaks code; what it leaves long in reports is prose and markup, which read better whole.
    const code = sources.filter(({ path }) => !path.startsWith('reports/'));
    const long = code.flatMap((source) =>
      lines(source).flatMap((line, at) => (line.length > 120 ? [`${source.path}:${at + 1}: ${line.length}`] : [])),
    );
    expect(long).toEqual([]);
  });

  it('of functions are at most 70 lines', () => {
    const long = sources.flatMap(({ path, functions }) =>
      functions.filter(({ lines }) => lines > 70).map(({ name, lines }) => `${path}: ${name}: ${lines}`),
    );
    expect(long).toEqual([]);
  });
});

it('every folder is in the table', () => {
  const folders = new Set(sources.map(({ path }) => folderOf(path)!));
  expect([...folders].sort()).toEqual(Object.keys(allowed).sort());
});
