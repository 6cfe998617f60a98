/** Runs that are killed, and what is left of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect } from 'vitest';
import type { JournalEvent } from '../../harness/result/journal.js';
import { readJournal } from '../../harness/run/journal.js';
import { temporaryFolder } from '../temporary.js';
import { commandLine, repository } from './rsplab.js';

/** A run of a real experiment; its folder and session are known once it has made its folder. */
export function startRun(lab: string) {
  const out = temporaryFolder();
  const args = ['run', 'experiments/element-power-off.ts', '--on', lab, '--out', out];
  const child = execa('node', [commandLine, ...args], { cwd: repository, reject: false });
  const parent = join(out, 'element-power-off');
  const name = () => tried(() => readdirSync(parent)[0]);
  const run = {
    child,
    folder: () => join(parent, name()!),
    session: () => name()?.split('-').at(-1),
    journal: (): JournalEvent[] => tried(() => readJournal(run.folder())) ?? [],
    /** Waits until it is in the given phase. */
    async reaches(phase: string): Promise<void> {
      for (let tries = 0; tries < 1200; tries++) {
        if (run.journal().some((event) => event.event === 'phase' && event.phase === phase)) return;
        await sleep(100);
      }
      throw new Error(`The run never came to ${phase}`);
    },
  };
  return run;
}

/** What is not there yet is undefined. */
function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Kills rsplab with no chance to clean up, and expects that 5 s later nothing is left but what can be read. */
export async function expectNothingLeft(run: ReturnType<typeof startRun>): Promise<void> {
  run.child.kill('SIGKILL');
  await run.child;
  await sleep(5000);
  const session = run.session();
  // Killed before it had a folder, it has started nothing.
  if (session === undefined) return;
  expect(processesWith(`rsplab-${session}`)).toEqual([]);
  expect(processesWith(session)).toEqual([]);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`rsplab-${session}-`))).toEqual([]);
  // What there is of the run stays readable.
  expect(readdirSync(run.folder()).filter((name) => name.endsWith('.part'))).toEqual([]);
}

/** Command lines of the processes that hold the text in theirs. */
export function processesWith(text: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(commandOf).filter((command) => command.includes(text));
}

// A process may have ended meanwhile.
const commandOf = (pid: string): string =>
  tried(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')) ?? '';
