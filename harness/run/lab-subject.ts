/** Labs as subjects: the plan is performed on real components, then their files are measured. */
import { fileURLToPath } from 'node:url';
import { badInput, messageOf } from '../base/errors.js';
import { Scope } from '../base/scope.js';
import type { Plan } from '../experiment/plan.js';
import type { FaultKind } from '../fault/fault.js';
import { dockerLab } from '../lab/docker/docker-lab.js';
import { type Lab, labFaults } from '../lab/lab.js';
import { dropLease, identityOf, writeLease } from '../lab/lease.js';
import { netnsLab } from '../lab/netns/netns-lab.js';
import { bootLabKernel } from '../lab/uml/boot.js';
import { startWatchdog } from '../lab/watchdog.js';
import { rsplib } from '../pool/rsplib/rsplib.js';
import { collect } from './collect.js';
import type { InsideInput } from './inside.js';
import { parseEvent } from './journal.js';
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

function subjectHere(lab: Lab): Subject {
  return {
    name: lab.name,
    clock: 'real',
    check: (plan) => checkPlan(plan, lab.name, lab.faults),
    async perform(plan, context) {
      await using scope = guard(lab.name, context);
      await perform({ ...context, plan, lab, driver: rsplib });
      await scope.close();
      return collect(plan, context.folder);
    },
  };
}

function subjectInKernel(name: string, lab: InsideInput['lab']): Subject {
  return {
    name,
    clock: 'real',
    check: (plan) => checkPlan(plan, name, labFaults),
    async perform(plan, context) {
      const reasons = await performInKernel(plan, context, lab);
      return collect(plan, context.folder, reasons);
    },
  };
}

function checkPlan(plan: Plan, lab: string, faults: readonly FaultKind[]): void {
  rsplib.checkPlan(plan);
  for (const { fault } of plan.faults) {
    if (fault.kind === 'isolate' && fault.direction !== 'both') {
      throw badInput(`${plan.experiment}.faults.isolate: expected direction both on ${lab}, got '${fault.direction}'`);
    }
    // A failure is one of these two when it strikes.
    const needed: FaultKind[] = fault.kind === 'failure' ? ['shutdown', 'powerOff'] : [fault.kind];
    const missing = needed.find((kind) => !faults.includes(kind));
    if (missing)
      throw badInput(`${plan.experiment}.faults: expected one of ${faults.join(', ')} on ${lab}, got '${missing}'`);
  }
}

/** While it is open, a lease and a watchdog see to it that nothing outlives this process. */
function guard(lab: string, { session }: SubjectContext): Scope {
  const scope = new Scope();
  writeLease({ session, lab, owner: identityOf(process.pid)!, kernel: null });
  scope.defer('lease', () => dropLease(session));
  scope.defer('watchdog', startWatchdog(session));
  return scope;
}

/** @returns what went wrong with the kernel itself */
async function performInKernel(plan: Plan, context: SubjectContext, lab: InsideInput['lab']): Promise<string[]> {
  const { folder, session, clock, signal, onEvent } = context;
  await using _guard = guard('uml', context);
  const input: InsideInput = { folder, session, lab };
  const kernel = await bootLabKernel({
    session,
    module: fileURLToPath(new URL('./inside.js', import.meta.url)),
    input,
    memoryMiB: memoryFor(plan, lab),
    onLine: (line) => {
      const event = parseEvent(line);
      if (event) onEvent(event);
    },
  });
  writeLease({ session, lab: 'uml', owner: identityOf(process.pid)!, kernel: identityOf(kernel.pid) ?? null });
  const stop = () => kernel.stop();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const over = new AbortController();
  const timeout = clock.sleepUntil(clock.now() + longestRunSeconds(plan, lab), over.signal).then(() => kernel.kill());
  timeout.catch(() => {});
  try {
    const exitCode = await kernel.ended;
    return exitCode === 0 ? [] : [`the job in the lab kernel ended with exit code ${exitCode}`];
  } catch (error) {
    return [messageOf(error)];
  } finally {
    over.abort();
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Measured: 250 MiB for the kernel and Node.js, and 10 MiB for each host's processes; twice that is given. An engine
 * holds its image in memory.
 */
const memoryFor = ({ hosts }: Plan, lab: InsideInput['lab']): number =>
  lab === 'docker' ? 1536 + 60 * hosts.length : 512 + 20 * hosts.length;

/** A kernel that takes this much longer than its plan hangs. */
const longestRunSeconds = ({ phases, hosts }: Plan, lab: InsideInput['lab']): number =>
  phases.settle + phases.warmUp + phases.measure + phases.drain + 180 + (lab === 'docker' ? 30 : 4) * hosts.length;
