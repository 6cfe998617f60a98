/** The lab in virtual time as a subject: network namespaces in a machine whose clock counts its instructions. */
import { join } from 'node:path';
import { digest } from '../base/digest.js';
import { badInput } from '../base/errors.js';
import { guestPackages } from '../base/guest-packages.js';
import { hostsWith, type Plan, planSchema } from '../experiment/plan.js';
import { faultKinds } from '../fault/fault.js';
import { performInKernel } from '../lab/guest/perform.js';
import type { Home } from '../lab/libraries.js';
import { checkMemory } from '../lab/room.js';
import { bootVirtual } from '../lab/virtual/boot.js';
import { virtualFingerprint } from '../lab/virtual/fingerprint.js';
import { guestHome } from '../lab/virtual/image.js';
import type { MachineSetting } from '../lab/virtual/machine.js';
import { type ParcelFile, parcelFile } from '../lab/virtual/parcel.js';
import { snapshotFor } from '../lab/virtual/snapshot.js';
import type { Build } from '../pool/build/stage.js';
import { memoryOfOwn } from '../pool/implementations.js';
import { serviceFiles } from '../pool/web/files.js';
import { checkK6 } from '../pool/web/k6.js';
import { tryServers } from '../pool/web/try-out.js';
import type { JournalEvent } from '../result/journal.js';
import type { Summary } from '../result/summary.js';
import { programsIn } from './build.js';
import { collect } from './collect.js';
import type { InsideInput } from './inside.js';
import { journalFile, parseEvent } from './journal.js';
import { checkInstruments, checkPlan } from './lab-subject.js';
import type { Subject } from './subject.js';
import { rsplabVersion } from './versions.js';

export const virtualSubject: Subject = virtual();

/**
 * @param withoutSnapshot boots the machine for every run, which takes longer and comes to the same
 */
export function virtual({ withoutSnapshot = false } = {}): Subject {
  return {
    name: 'virtual',
    clock: 'virtual',
    versions: versionsInMachine,
    check: (plan) => checkPlan(plan, 'virtual', faultKinds),
    home: homeInMachine,
    fingerprint: (plan) => virtualFingerprint(settingFor(plan)).hash,
    async tryOut(plan, say) {
      await checkInstruments();
      const setting = settingFor(plan);
      checkMemory(plan, 'virtual', { givenMiB: 0, usedMiB: usedBy(plan) });
      checkPrograms(plan);
      await tryServers(plan, process.cwd());
      await checkK6(plan, 'virtual', process.cwd());
      const { hash } = virtualFingerprint(setting);
      if (!withoutSnapshot) await snapshotFor({ hash, setting, say });
    },
    async perform(plan, context) {
      const { folder, session, clock, signal, build } = context;
      const setting = settingFor(plan);
      const own = ownFiles(plan);
      const programs = programsIn(build, buildFolder);
      const input: InsideInput = { plan: asThere(plan), lab: 'netns', programs, workspace: workspaceThere };
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
            files: [...(build ? filesOf(build) : []), ...own],
          }),
      });
      const machine = { ...fingerprintWith(setting, build, own), ...watch.end() };
      return { ...(await collect(plan, folder, reasons)), machine };
    },
  };
}

/** Where a build lies in the machine. */
const buildFolder = '/run/rsplab/build';
/** Where programs of an experiment's own lie in the machine. */
const workspaceThere = '/run/rsplab/workspace';

const filesOf = ({ folder, files }: Build): ParcelFile[] =>
  files.map(({ path, executable }) => parcelFile(join(buildFolder, path), join(folder, path), executable));

/** Of all that people write servers in, the machine has these. */
const interpreters = ['node', 'sh'];

/** @throws HarnessError `bad-input` for a server that the machine cannot run */
function checkPrograms(plan: Plan): void {
  const files = new Set(serviceFiles(plan, process.cwd()).map(({ path }) => path));
  for (const { name, role } of hostsWith(plan, 'poolElement')) {
    const program = role.server?.command?.[0];
    if (program === undefined || interpreters.includes(program) || files.has(program)) continue;
    const expected = `${interpreters.join(', ')} or a file of its own on virtual, whose machine has nothing else`;
    throw badInput(`${plan.experiment}.${name}.command: expected ${expected}, got '${program}'; take --on uml`);
  }
}

const ownFiles = (plan: Plan): ParcelFile[] =>
  serviceFiles(plan, process.cwd()).map(({ path, executable }) =>
    parcelFile(join(workspaceThere, path), path, executable),
  );

/** A build makes the results as much as the machine does, and so do programs of an experiment's own. */
function fingerprintWith(setting: MachineSetting, build: Build | null | undefined, own: readonly ParcelFile[]) {
  const { hash, parts } = virtualFingerprint(setting);
  const more = {
    ...(build && { build: build.hash }),
    ...(own.length > 0 && {
      services: digest(JSON.stringify(own.map(({ path, content }) => [path, digest(content)]))),
    }),
  };
  if (Object.keys(more).length === 0) return { fingerprint: hash, parts };
  return { fingerprint: digest([hash, ...Object.values(more)].join(' ')), parts: { ...parts, ...more } };
}

/** @throws HarnessError `bad-input` when the machine's packages are not there */
function homeInMachine(): Home {
  const packages = guestPackages();
  if (packages) return guestHome(packages);
  throw badInput('lab virtual: expected the packages of its machine, got none; `npm run setup` gets them');
}

/** The machine has its own; `tshark` reads its capture on this one. */
function versionsInMachine(): Record<string, string | null> {
  const of = (name: string) => guestPackages()?.versions[name] ?? null;
  // As in `1:3.4.4-1+b2`: without Debian's own parts.
  const upstream = (version: string | null) => version?.replace(/^\d+:/, '').replace(/-[^-]*$/, '') ?? null;
  return { rsplab: rsplabVersion(), rsplib: upstream(of('rsplib-registrar')), node: of('node') };
}

/**
 * Without what is for people and judges only: reading a longer file's name takes the machine more instructions, and the
 * run would be another one.
 */
const asThere = (plan: Plan): Plan =>
  // Its parts in the schema's order, whoever put it together.
  planSchema.parse({ ...plan, file: null, question: null, expectation: null, checks: [], margin: 1 });

/** MiB. Measured: 400 for QEMU, the kernel, its image and Node.js, and 8 for each host's processes. */
const usedBy = (plan: Pick<Plan, 'hosts'>): number => 400 + 8 * plan.hosts.length + memoryOfOwn(plan);

/** Twice what is used; few sizes, because each has a snapshot of its own. What is not used takes no memory here. */
export const settingFor = (plan: Pick<Plan, 'hosts' | 'nanosecondsPerInstruction'>): MachineSetting => ({
  nanosecondsPerInstruction: plan.nanosecondsPerInstruction,
  memoryMiB: 2 ** Math.max(11, Math.ceil(Math.log2(2 * usedBy(plan)))),
});

/** Real seconds. A machine that takes this much longer than its plan hangs. */
const longestRunSeconds = (plan: Plan): number => {
  const { settle, warmUp, measure, drain } = plan.phases;
  // Web servers and their clients keep the machine busy: a second takes it tens of seconds where others work, too.
  const slowness = hostsWith(plan, 'poolUser').some(({ role }) => role.load) ? 100 : 3;
  return 300 + slowness * (settle + warmUp + measure + drain) + 20 * plan.hosts.length;
};

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
