/** Does the work that a worker took from the queue. Started by `performer.ts`, never imported. */
import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { realClock } from '../../base/clock.js';
import { badInput, interrupted, messageOf } from '../../base/errors.js';
import type { Plan } from '../../experiment/plan.js';
import { replayCommand } from '../../run/replay.js';
import type { Subject } from '../../run/subject.js';
import type { RunResult } from '../runner.js';
import { simulateRun } from '../simulated.js';
import { planOf, type Result, unpackChunk } from './parcel.js';
import { keyOf, type Message, type Order, type Run, scratchOf, stop } from './performer.js';

/** Seconds after which the worker is told of what there is, and results that are told at a time. */
const tellEvery = { seconds: 1, results: 500 };

const parent = process.ppid;
const gone = new AbortController();
let isStopping = false;
let isBusy = false;

process.on('message', (message: Order | typeof stop) => {
  if (message === stop) isStopping = true;
  else void perform(message);
});
process.on('disconnect', () => {
  // A run on a lab ends in good order; simulations are between two runs here.
  gone.abort(interrupted('The worker is gone'));
  if (!isBusy) process.exit();
});
process.on('exit', () => rmSync(scratchOf(process.pid), { recursive: true, force: true }));

async function perform({ work, without, isCareful }: Order): Promise<void> {
  isStopping = false;
  isBusy = true;
  try {
    const chunk = unpackChunk(work);
    const silenceMost = chunk.silenceMost + tellEvery.seconds;
    const runOne = await runnerFor(chunk.on);
    const done = new Set(without);
    let results: Result[] = [];
    let began = realClock.now();
    const tell = (next: Run | null = null) => {
      const now = realClock.now();
      send({ results, seconds: now - began, silenceMost, next });
      [results, began] = [[], now];
    };
    tell();
    for (const run of chunk.runs) {
      if (isStopping || gone.signal.aborted) break;
      if (done.has(keyOf(run))) continue;
      if (isCareful) tell({ point: run.point, replication: run.replication });
      const outcome = await runOne(planOf(chunk, run));
      if (gone.signal.aborted) break;
      results.push({ point: run.point, replication: run.replication, outcome });
      const isDue = realClock.now() - began >= tellEvery.seconds || results.length >= tellEvery.results;
      if (isDue) tell();
      // Whoever wants this to stop is heard between two runs.
      await setImmediate();
    }
    tell();
    send({ through: true });
  } catch (error) {
    send({ refused: messageOf(error) });
  }
  isBusy = false;
  if (gone.signal.aborted) process.exit();
}

type RunOne = (plan: Plan) => Promise<Result['outcome']> | Result['outcome'];

async function runnerFor(on: string): Promise<RunOne> {
  if (on === 'sim') return simulateOne;
  const subject = await labNamed(on);
  const { labRunner } = await import('../runner.js');
  const scratch = scratchOf(process.pid);
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const options = { jobs: 1, out: join(scratch, 'runs'), clock: realClock, signal: gone.signal };
  const { perform: performOn } = labRunner(subject, options);
  return async (plan) => {
    try {
      subject.check(plan);
      await subject.tryOut?.(plan, () => {});
      const { folder, ...result }: RunResult = await performOn(plan);
      if (folder !== null) await rm(join(scratch, folder), { recursive: true, force: true });
      // The command makes the run again; its folder would be on a machine that nobody looks at.
      return { ...result, folder: null };
    } catch (error) {
      return { reason: messageOf(error), isFinal: false };
    }
  };
}

function simulateOne(plan: Plan): Result['outcome'] {
  // Busy as it is, it would not hear that its worker is gone.
  const watch = () => (process.ppid === parent ? null : process.exit());
  try {
    return { ...simulateRun(plan, { watch }), folder: null, command: replayCommand(plan, 'sim') };
  } catch (error) {
    // It comes to the same anywhere.
    return { reason: messageOf(error), isFinal: true };
  }
}

async function labNamed(name: string): Promise<Subject> {
  const { virtualSubject } = await import('../../run/virtual-subject.js');
  const labs = await import('../../run/lab-subject.js');
  const { netnsSubject, umlSubject, dockerSubject, umlDockerSubject } = labs;
  const all = [virtualSubject, netnsSubject, umlSubject, dockerSubject, umlDockerSubject];
  const found = all.find((subject) => subject.name === name);
  if (!found) throw badInput(`Queue: expected a lab, got ${name}`);
  return found;
}

function send(message: Message): void {
  if (process.connected) process.send!(message);
}
