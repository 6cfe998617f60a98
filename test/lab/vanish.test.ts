/** What is left of a run that is killed: nothing. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { readJournal } from '../../harness/run/journal.js';
import { labTest } from './available.js';
import { runInside } from './kernel.js';
import { commandLine, repository } from './rsplab.js';

/** Command lines of the processes that hold the text in theirs. */
function processesWith(text: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(commandOf).filter((command) => command.includes(text));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // It ended meanwhile.
    return '';
  }
}

/** Starts a run in a lab kernel and waits until it is in the given phase. */
async function startRun(phase: string) {
  const out = mkdtempSync(join(tmpdir(), 'rsplab-test-'));
  const args = ['run', 'experiments/element-power-off.ts', '--on', 'uml', '--out', out];
  const child = execa('node', [commandLine, ...args], { cwd: repository, reject: false });
  const parent = join(out, 'element-power-off');
  for (let tries = 0; tries < 600; tries++) {
    await sleep(100);
    const name = await Promise.resolve()
      .then(() => readdirSync(parent)[0])
      .catch(() => undefined);
    if (!name) continue;
    const folder = join(parent, name);
    const events = await Promise.resolve()
      .then(() => readJournal(folder))
      .catch(() => []);
    if (events.some((event) => event.event === 'phase' && event.phase === phase)) {
      return { child, folder, session: name.split('-').at(-1)! };
    }
  }
  throw new Error(`The run never came to ${phase}`);
}

describe('a run in a lab kernel', () => {
  labTest.each(['open', 'deploy', 'measure'])('leaves nothing 5 s after a SIGKILL during %s', async (phase) => {
    const { child, folder, session } = await startRun(phase);
    expect(processesWith(`umid=rsplab-${session}`)).not.toEqual([]);
    child.kill('SIGKILL');
    await child;
    await sleep(5000);
    expect(processesWith(`rsplab-${session}`)).toEqual([]);
    expect(processesWith(session)).toEqual([]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`rsplab-${session}-`))).toEqual([]);
    // What there is of the run stays readable.
    expect(readJournal(folder).length).toBeGreaterThan(0);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  labTest('ends in good order at Ctrl-C: unknown, with results', async () => {
    const { child, folder, session } = await startRun('measure');
    child.kill('SIGINT');
    const { exitCode, stdout } = await child;
    expect(exitCode).toBe(3);
    expect(stdout).toContain('Verdict: unknown');
    expect(readdirSync(folder)).toContain('summary.json');
    expect(processesWith(`rsplab-${session}`)).toEqual([]);
  });
});

labTest('a run on the running kernel leaves no namespace and no process 5 s after a SIGKILL', async () => {
  const left = await runInside<{ before: number; namespaces: string[]; processes: string[] }>('vanish', {
    commandLine,
    repository,
  });
  expect(left.before).toBeGreaterThan(0);
  expect(left).toMatchObject({ namespaces: [], processes: [] });
});
