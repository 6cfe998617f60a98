/** Real processes in place of RSPLIB's. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realClock } from '../../harness/base/clock.js';
import { waitFor } from '../../harness/base/wait.js';
import { hostsWith } from '../../harness/experiment/plan.js';
import type { LabHost } from '../../harness/lab/lab.js';
import { startProcess } from '../../harness/lab/process.js';
import { Component } from '../../harness/pool/driver/component.js';
import { inject } from '../../harness/pool/driver/faults.js';
import type { UntimedEvent } from '../../harness/result/journal.js';
import { smallPlan } from '../run/plan.js';

let folder: string;
let events: UntimedEvent[];
let broken: string[];
let component: Component;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'component-test-'));
  mkdirSync(join(folder, 'logs'));
  events = [];
  broken = [];
  const host = {
    name: 'pe1',
    start: (command, options) => startProcess(command, options, { PATH: process.env.PATH! }),
  } as LabHost;
  component = new Component(hostsWith(smallPlan(), 'poolElement')[0]!, host, {
    folder,
    clock: realClock,
    signal: new AbortController().signal,
    record: (event) => events.push(event),
    broken: (reason) => broken.push(reason),
  });
});
afterEach(async () => {
  await component.end('SIGKILL');
  rmSync(folder, { recursive: true });
});

const start = (script: string) => component.start(() => ({ command: ['sh', '-c', script] }));
const until = (what: () => boolean) =>
  waitFor('it', () => (what() ? true : undefined), { clock: realClock, withinSeconds: 5, everySeconds: 0.01 });

describe('a component', () => {
  it('that ends unasked breaks the run, with how it ended and its last words', async () => {
    await start('echo starting; echo; echo cannot bind >&2; exit 3');
    await until(() => broken.length > 0);
    expect(broken).toEqual(['pe1 (sh) ended unexpectedly with exit code 3: starting | cannot bind']);
    expect(events).toEqual([
      { event: 'processStarted', host: 'pe1', pid: expect.any(Number), command: ['sh', '-c', expect.any(String)] },
      { event: 'processEnded', host: 'pe1', pid: expect.any(Number), exitCode: 3, signal: null },
    ]);
    expect(component.process).toBeUndefined();
  });

  it('that dies of a signal says which', async () => {
    await start('kill -SEGV $$');
    await until(() => broken.length > 0);
    expect(broken[0]).toMatch(/^pe1 \(sh\) ended unexpectedly with SIGSEGV/);
  });

  it('that is ended on purpose breaks nothing, and lives on with a log of its own', async () => {
    await start('echo first; exec sleep 60');
    await until(() => readFileSync(component.logFile, 'utf8') !== '');
    expect(await component.end('SIGKILL')).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(await component.end('SIGKILL')).toBeUndefined();
    await start('echo second; exec sleep 60');
    await until(() => readFileSync(component.logFile, 'utf8') !== '');
    expect([component.life, component.logFile]).toEqual([2, join(folder, 'logs/pe1-2.log')]);
    expect(readFileSync(join(folder, 'logs/pe1.log'), 'utf8')).toBe('first\n');
    expect(broken).toEqual([]);
  });

  it('that cannot be started is a broken lab', async () => {
    await expect(component.start(() => ({ command: ['no-such-program'] }))).rejects.toMatchObject({
      code: 'lab-broken',
      message: expect.stringContaining('Cannot start no-such-program'),
    });
  });
});

describe('faults', () => {
  const strike = (kind: 'kill' | 'shutdown' | 'freeze') =>
    inject(component, { kind } as never, { clock: realClock } as never);

  it('carry evidence of how the process ended', async () => {
    await start('exec sleep 60');
    expect(await strike('kill')).toMatch(/^process \d+ ended 0\.\d{3} s after SIGKILL \(SIGKILL\)$/);
    await expect(strike('kill')).rejects.toThrow('pe1 was dead before SIGKILL could reach it');
    await start('trap "exit 0" INT; echo ready; while :; do sleep 0.01; done');
    await until(() => readFileSync(component.logFile, 'utf8') !== '');
    expect(await strike('shutdown')).toMatch(/after SIGINT \(exit code 0\)$/);
    expect(broken).toEqual([]);
  });

  it('carry evidence that the process is stopped', async () => {
    await start('exec sleep 60');
    expect(await strike('freeze')).toMatch(/^process \d+ is stopped \(state T\)$/);
  });
});
