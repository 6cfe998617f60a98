/** The lab in virtual time as a subject: network namespaces in a machine whose clock counts its instructions. */
import { join } from 'node:path';
import { type Plan, planSchema } from '../experiment/plan.js';
import { faultKinds } from '../fault/fault.js';
import { performInKernel } from '../lab/guest/perform.js';
import { bootVirtual } from '../lab/virtual/boot.js';
import { virtualFingerprint } from '../lab/virtual/fingerprint.js';
import type { MachineSetting } from '../lab/virtual/machine.js';
import { snapshotFor } from '../lab/virtual/snapshot.js';
import type { JournalEvent } from '../result/journal.js';
import type { Summary } from '../result/summary.js';
import { collect } from './collect.js';
import type { InsideInput } from './inside.js';
import { journalFile, parseEvent } from './journal.js';
import { checkPlan } from './lab-subject.js';
import type { Subject } from './subject.js';

export const virtualSubject: Subject = virtual();

/**
 * @param withoutSnapshot boots the machine for every run, which takes longer and comes to the same
 */
export function virtual({ withoutSnapshot = false } = {}): Subject {
  return {
    name: 'virtual',
    clock: 'virtual',
    check: (plan) => checkPlan(plan, 'virtual', faultKinds),
    async tryOut(plan, say) {
      const setting = settingFor(plan);
      const { hash } = virtualFingerprint(setting);
      if (!withoutSnapshot) await snapshotFor({ hash, setting, say });
    },
    async perform(plan, context) {
      const { folder, session, clock, signal } = context;
      const setting = settingFor(plan);
      const input: InsideInput = { plan: asItIsRun(plan), lab: 'netns' };
      const watch = watchSpeed(clock.now);
      const onLine = (text: string) => {
        const event = parseEvent(text);
        if (!event) return;
        watch.event(event);
        context.onEvent(event);
      };
      const { seed } = plan;
      const line = join(folder, journalFile);
      const reasons = await performInKernel({
        ...{ lab: 'virtual', session, clock, signal, withinSeconds: longestRunSeconds(plan) },
        boot: () =>
          bootVirtual({
            ...{ session, folder, line, onLine, job: 'run', input, seed, setting, withoutSnapshot },
          }),
      });
      const { hash, parts } = virtualFingerprint(setting);
      const machine = { fingerprint: hash, parts, ...watch.end() };
      return { ...(await collect(plan, folder, reasons)), machine };
    },
  };
}

/** Where a plan was read from is no part of it: a stored one is to run just as the one that it was made of. */
const asItIsRun = (plan: Plan): Plan => planSchema.parse({ ...plan, file: '' });

/**
 * Measured: 400 MiB for the kernel, its image and Node.js, and 8 MiB for each host's processes; twice that is given.
 * Few sizes, because each has a snapshot of its own.
 */
export function settingFor({ hosts, nanosecondsPerInstruction }: Plan): MachineSetting {
  const needed = 800 + 16 * hosts.length;
  return { nanosecondsPerInstruction, memoryMiB: 2 ** Math.max(11, Math.ceil(Math.log2(needed))) };
}

/** Real seconds. A machine that takes this much longer than its plan hangs. */
const longestRunSeconds = ({ phases, hosts }: Plan): number =>
  300 + 3 * (phases.settle + phases.warmUp + phases.measure + phases.drain) + 20 * hosts.length;

/** Holds the machine's time against the real one. */
function watchSpeed(now: () => number): {
  event(event: JournalEvent): void;
  end(): Pick<NonNullable<Summary['machine']>, 'wallSeconds' | 'speed'>;
} {
  const began = now();
  let from: { wall: number; virtual: number } | undefined;
  let speed: number | null = null;
  return {
    event(event) {
      if (event.event !== 'phase') return;
      const at = { wall: now(), virtual: event.time };
      if (event.phase === 'measure') from = at;
      if (event.phase === 'collect' && from && at.wall > from.wall)
        speed = (at.virtual - from.virtual) / (at.wall - from.wall);
    },
    end: () => ({ wallSeconds: now() - began, speed }),
  };
}
