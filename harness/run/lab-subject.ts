/** Labs as subjects: the plan is performed on real components, then their files are measured. */
import { fileURLToPath } from 'node:url';
import { badInput } from '../base/errors.js';
import type { Plan } from '../experiment/plan.js';
import { type FaultKind, faultKinds } from '../fault/fault.js';
import { dockerLab } from '../lab/docker/docker-lab.js';
import { tryFaults } from '../lab/fault-probe.js';
import { guardSession } from '../lab/guard.js';
import { performInKernel } from '../lab/guest/perform.js';
import type { LabInKernel } from '../lab/in-kernel.js';
import type { Lab } from '../lab/lab.js';
import { netnsLab } from '../lab/netns/netns-lab.js';
import { checkMemory, checkPorts, checkRoutes } from '../lab/room.js';
import { bootLabKernel } from '../lab/uml/boot.js';
import { memoryFolder } from '../lab/uml/memory.js';
import { checkTshark } from '../measure/known.js';
import { poolDriver } from '../pool/driver/driver.js';
import { isNative, memoryOfOwn } from '../pool/implementations.js';
import { checkAttackers } from '../pool/native/attackers.js';
import { checkK6 } from '../pool/web/k6.js';
import { tryServers } from '../pool/web/try-out.js';
import { homeHere, programsIn } from './build.js';
import { collect } from './collect.js';
import type { InsideInput } from './inside.js';
import { parseEvent } from './journal.js';
import { type RunLoad, watchLoad } from './overload.js';
import { perform } from './perform.js';
import type { Subject, SubjectContext } from './subject.js';

/** On the running kernel. */
export const netnsSubject: Subject = subjectHere(netnsLab);

/** In containers of the Docker Engine that runs here. */
export const dockerSubject: Subject = subjectHere(dockerLab);

/** In a lab kernel of its own, which runs the same network namespaces inside. */
export const umlSubject: Subject = subjectInKernel('uml', 'netns');

/** In a lab kernel of its own, which runs a Docker Engine inside. */
export const umlDockerSubject: Subject = subjectInKernel('uml+docker', 'docker');

/**
 * Whether what makes numbers of a lab's files can be trusted on this machine.
 * @throws HarnessError `lab-broken` with the reason
 */
export const checkInstruments = (): Promise<void> => checkTshark();

function subjectHere(lab: Lab): Subject {
  return {
    name: lab.name,
    clock: 'real',
    home: homeHere,
    check: (plan) => checkPlan(plan, lab.name, lab.faults),
    async tryOut(plan) {
      checkRoutes(plan, lab.name);
      checkMemory(plan, lab.name, { givenMiB: 0, usedMiB: usedBy(plan) });
      await tryServers(plan, process.cwd());
      await checkK6(plan, lab.name, process.cwd());
      await checkInstruments();
      await tryFaults(plan, lab.name);
    },
    async perform(plan, context) {
      await using scope = guardSession(lab.name, context.session);
      const load = watchLoad(context);
      load.begin(null);
      const programs = programsIn(context.build);
      const workspace = process.cwd();
      await perform({ ...context, onEvent: load.onEvent, plan, lab, driver: poolDriver, programs, workspace });
      await scope.close();
      const { reasons, shares } = load.end();
      return collect(plan, context.folder, reasons, { load: shares });
    },
  };
}

function subjectInKernel(name: string, lab: LabInKernel): Subject {
  return {
    name,
    clock: 'real',
    home: homeHere,
    check: (plan) => checkPlan(plan, name, faultKinds),
    async tryOut(plan) {
      const givenMiB = memoryFor(plan, lab);
      checkMemory(plan, name, { givenMiB, usedMiB: givenMiB / 2 });
      memoryFolder(givenMiB);
      await tryServers(plan, process.cwd());
      await checkK6(plan, name, process.cwd());
      await checkInstruments();
    },
    async perform(plan, context) {
      const load = watchLoad(context);
      const reasons = await performOn(lab, plan, context, load);
      const { reasons: overloads, shares } = load.end();
      return collect(plan, context.folder, [...reasons, ...overloads], { load: shares });
    },
  };
}

export function checkPlan(plan: Plan, lab: string, faults: readonly FaultKind[]): void {
  poolDriver.checkPlan(plan);
  checkAttackers(plan);
  checkPorts(plan, lab);
  for (const { fault } of plan.faults) {
    // A failure is one of these two when it strikes.
    const needed: FaultKind[] = fault.kind === 'failure' ? ['shutdown', 'powerOff'] : [fault.kind];
    const missing = needed.find((kind) => !faults.includes(kind));
    if (missing)
      throw badInput(`${plan.experiment}.faults: expected one of ${faults.join(', ')} on ${lab}, got '${missing}'`);
  }
  if (lab.endsWith('docker')) {
    checkRegistrarsStayOn(plan, lab);
    checkNoneNative(plan, lab);
  }
}

/** Containers hold RSPLIB's programs and no Node.js. */
function checkNoneNative({ experiment, hosts }: Plan, lab: string): void {
  const own = hosts.find(isNative);
  if (own) throw badInput(`${experiment}.${own.name}.implementation: expected rsplib on ${lab}, got native`);
}

/**
 * A container keeps its network for life: there the associations that a silent death left behind would hold on to a
 * registrar's port for minutes.
 */
function checkRegistrarsStayOn({ experiment, faults, hosts }: Plan, lab: string): void {
  const struck = faults
    .filter(({ fault }) => fault.kind === 'powerOff')
    .flatMap(({ fault: { target } }) =>
      hosts.filter(({ name, group }) =>
        target.select === 'named' ? target.names.includes(name) : target.group === group,
      ),
    )
    .find(({ role }) => role.kind === 'registrar');
  if (!struck) return;
  const expected = `registrars to be killed, isolated or frozen on ${lab}, where they cannot come back otherwise`;
  throw badInput(`${experiment}.faults.powerOff: expected ${expected}, got ${struck.name}`);
}

/** @returns what went wrong with the kernel itself */
function performOn(lab: LabInKernel, plan: Plan, context: SubjectContext, load: RunLoad): Promise<string[]> {
  const { folder, session, clock, signal, build } = context;
  const input: InsideInput = { plan, lab, programs: programsIn(build), workspace: process.cwd() };
  const onLine = (line: string) => {
    const event = parseEvent(line);
    if (event) load.onEvent(event);
  };
  const module = fileURLToPath(new URL('./inside.js', import.meta.url));
  return performInKernel({
    ...{ lab: 'uml', session, clock, signal, withinSeconds: longestRunSeconds(plan, lab) },
    boot: () => bootLabKernel({ session, folder, module, input, memoryMiB: memoryFor(plan, lab), onLine }),
    onBoot: (pid) => load.begin(pid),
  });
}

/**
 * Measured: 250 MiB for the kernel and Node.js, and 10 MiB for each host's processes; twice that is given. An engine
 * holds its image in memory.
 */
const memoryFor = (plan: Plan, lab: LabInKernel): number =>
  lab === 'docker' ? 1536 + 60 * plan.hosts.length : 512 + 20 * plan.hosts.length + 2 * memoryOfOwn(plan);

/** Each host's processes, on the machine's own kernel; an engine needs more. */
const usedBy = (plan: Plan): number => 10 * plan.hosts.length + memoryOfOwn(plan);

/** A kernel that takes this much longer than its plan hangs. */
const longestRunSeconds = ({ phases, hosts }: Plan, lab: LabInKernel): number =>
  phases.settle + phases.warmUp + phases.measure + phases.drain + 180 + (lab === 'docker' ? 30 : 4) * hosts.length;
