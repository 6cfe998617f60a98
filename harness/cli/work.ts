import { Command } from 'commander';
import { realClock } from '../base/clock.js';
import { badInput } from '../base/errors.js';
import { parseDuration } from '../base/units.js';
import { jobsFrom } from './settings.js';
import { untilSignal } from './signal.js';
import { chooseSubject } from './subjects.js';

interface WorkFlags {
  on: string;
  jobs?: string;
  lock: string;
}

export const workCommand = (): Command =>
  new Command('work')
    .description('Work for sweeps that others began with --queue, until Ctrl-C.')
    .argument('[address]', 'of the queue, redis://… or rediss://… (default: $RSPLAB_QUEUE)')
    .option('--on <subject>', 'sim, or a lab of this machine', 'sim')
    .option('--jobs <number>', 'runs at a time; a lab in real time has one (default: one per core)')
    .option('--lock <duration>', 'a worker that is silent for so long is given up, and its work done elsewhere', '30s')
    .addHelpText('after', help)
    .action(workAction);

const help = `
Examples:
  rsplab work redis://queue.example.org:6379
  rsplab work rediss://user:password@queue.example.org:6380 --jobs 8
  RSPLAB_QUEUE=redis://… rsplab work --on virtual

Only work of sweeps with the same rsplab, Node.js and, in virtual time, the same machine is taken. It comes as plans,
which are data: whoever may write into the queue can make this machine compute, and nothing else.
Ctrl-C finishes the runs that are under way and gives back the rest; a second one ends at once.

Exit codes: 0 ended by a signal, 2 bad input, 3 something broke.`;

async function workAction(address: string | undefined, flags: WorkFlags): Promise<void> {
  const subject = await chooseSubject(flags.on);
  const jobs = subject.clock === 'real' ? 1 : jobsFrom(flags.jobs);
  // What speaks with the queue is slow to load, and `sweep` reads this file, too.
  const { work } = await import('../sweep/queue/worker.js');
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const done = await work(queueAddress('work', address), {
    ...{ subject, jobs, clock: realClock, signal: untilSignal('work'), say },
    lockSeconds: secondsFrom('--lock', flags.lock),
    onProgress: progress(say),
  });
  process.stdout.write(`${done} runs done\n`);
}

/** @throws HarnessError `bad-input` when neither the command line nor the environment has one */
export function queueAddress(option: string, given: string | true | undefined): string {
  const address = typeof given === 'string' ? given : process.env.RSPLAB_QUEUE;
  if (!address) throw badInput(`${option}: expected the queue's address, redis://…, here or in RSPLAB_QUEUE, got none`);
  return address;
}

/** At least a second. */
export function secondsFrom(option: string, text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined || duration < 1)
    throw badInput(`${option}: expected a duration of at least a second, such as 30s, got '${text}'`);
  return duration;
}

const tellEverySeconds = 10;

function progress(say: (line: string) => void) {
  let toldAt = realClock.now();
  return ({ done, busy }: { done: number; busy: number }) => {
    if (realClock.now() - toldAt < tellEverySeconds) return;
    toldAt = realClock.now();
    say(`${done} runs done, ${busy} at work`);
  };
}
