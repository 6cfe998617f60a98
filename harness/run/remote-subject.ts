/** Hosts that somebody has, as a subject: the plan is placed on them, performed there, and measured here. */
import { badInput } from '../base/errors.js';
import type { Plan } from '../experiment/plan.js';
import type { FaultKind } from '../fault/fault.js';
import { guardSession } from '../lab/guard.js';
import type { Inventory } from '../lab/remote/inventory.js';
import { overlayFiles } from '../lab/remote/overlay/image.js';
import { portsOf } from '../lab/remote/overlay/tunnels.js';
import { onRealNetworks, type Placement, pairsOf, place, placed, withDistances } from '../lab/remote/placement.js';
import { faultsOf, type Overlay, remoteLab } from '../lab/remote/remote-lab.js';
import { expectComplete, type HostSurvey, surveyHost } from '../lab/remote/survey.js';
import { poolDriver } from '../pool/driver/driver.js';
import { clocksIn, uncertaintyNotes } from './clock-notes.js';
import { collect } from './collect.js';
import { checkInstruments, checkPlan } from './lab-subject.js';
import { perform } from './perform.js';
import type { Subject } from './subject.js';
import { versions } from './versions.js';

/** @param file the inventory's, as it was named on the command line */
export function remoteSubject(inventory: Inventory, file: string): Subject {
  const overlay = inventory.way === 'overlay' ? inventory : undefined;
  let surveys: readonly HostSurvey[] = [];
  let rsplib: string | null = null;
  return {
    name: 'remote',
    clock: 'real',
    words: ['--inventory', file],
    async place(asked, { say }) {
      const placement = place(asked, inventory);
      const plan = placed(asked, placement);
      check(plan, placement, overlay);
      say('asking the hosts what they have, and how far apart they are');
      surveys = await surveyAll(plan, placement, inventory);
      expectComplete(surveys);
      rsplib = overlay ? (await overlayFiles()).rsplib : rsplibOf(surveys);
      const apart = withDistances(plan, new Map(surveys.flatMap(({ roundTrips }) => [...roundTrips])));
      // Lab kernels have the addresses that the topology gives them, at the real hosts' distances.
      return overlay ? { ...onRealNetworks(asked), topology: apart.topology } : apart;
    },
    versions: () => ({ ...versions(), rsplib }),
    check: (plan) => check(plan, place(plan, inventory), overlay),
    tryOut: () => checkInstruments(),
    async perform(plan, context) {
      await using scope = guardSession('remote', context.session);
      const placement = place(plan, inventory);
      const lab = remoteLab({ placement, config: inventory.sshConfig, overlay });
      await perform({ ...context, plan, lab, driver: poolDriver, workspace: process.cwd() });
      await scope.close();
      const clocks = clocksIn(context.folder);
      const ahead = [...placement].map(([name, { machine }]) => [name, clocks[machine]?.offset ?? 0] as const);
      const outcome = await collect(plan, context.folder, [], { clocks: new Map(ahead) });
      return { ...outcome, notes: [...uncertaintyNotes(clocks, outcome.failovers), ...outcome.notes] };
    },
  };
}

function check(plan: Plan, placement: Placement, overlay: Overlay | undefined): void {
  checkPlan(plan, 'remote', faultsOf('root'));
  checkRights(plan, placement);
  checkHosts(plan);
  checkMachines(plan, placement);
  if (overlay) checkPorts(plan, overlay);
}

const highestPort = 65_535;

function checkPorts(plan: Plan, { firstPort }: Overlay): void {
  const last = firstPort + portsOf(plan) - 1;
  if (last <= highestPort) return;
  const most = highestPort - portsOf(plan) + 1;
  throw badInput(
    `--inventory: expected a firstPort of at most ${most} for ${plan.hosts.length} hosts, got ${firstPort}`,
  );
}

/** Asks every machine once, also for the round trips of the hosts on it to those that come after them in the plan. */
function surveyAll(plan: Plan, placement: Placement, { sshConfig, way }: Inventory): Promise<HostSurvey[]> {
  const machines = new Map([...placement.values()].map((host) => [host.ssh, host]));
  const pairs = pairsOf(plan);
  return Promise.all(
    [...machines.values()].map((machine) =>
      surveyHost(
        machine,
        { config: sshConfig, way },
        pairs.filter(({ between: [own] }) => placement.get(own)!.ssh === machine.ssh).map(({ addresses }) => addresses),
      ),
    ),
  );
}

/** All of them, where they are not the same. */
const rsplibOf = (surveys: readonly HostSurvey[]): string | null =>
  [...new Set(surveys.flatMap(({ rsplib }) => rsplib ?? []))].join(', ') || null;

/**
 * RSPLIB's users and elements talk from any address of their machine, whatever they are told: two on one machine could
 * not be told apart.
 */
function checkMachines({ experiment, hosts }: Plan, placement: Placement): void {
  const owners = new Map<string, string>();
  for (const { name } of hosts) {
    const { machine } = placement.get(name)!;
    const other = owners.get(machine);
    if (other)
      throw badInput(`${experiment}: expected a machine of its own for ${name}, got ${machine}, where ${other} is`);
    owners.set(machine, name);
  }
}

/** @throws HarnessError `bad-input` for a fault that may strike a host where the right for it is missing */
function checkRights(plan: Plan, placement: Placement): void {
  for (const { fault } of plan.faults) {
    const kinds: FaultKind[] = fault.kind === 'failure' ? ['shutdown', 'powerOff'] : [fault.kind];
    const { target } = fault;
    const struck = plan.hosts.filter(({ name, group }) =>
      target.select === 'named' ? target.names.includes(name) : target.group === group,
    );
    for (const { name } of struck) {
      const { right, ssh } = placement.get(name)!;
      const missing = kinds.find((kind) => !faultsOf(right).includes(kind));
      if (!missing) continue;
      throw badInput(
        `${plan.experiment}.faults.${missing}: expected the right 'root' or 'sudo' on ${name} (${ssh}), got '${right}'`,
      );
    }
  }
}

/** What is done to a lab's own hosts is not done to somebody else's. */
function checkHosts({ experiment, faults, hosts }: Plan): void {
  const renamed = faults.find(({ fault }) => fault.reappear === 'new-address');
  if (renamed) {
    throw badInput(
      `${experiment}.faults.${renamed.fault.kind}: expected to reappear under the same address on remote, ` +
        'where hosts have no others, got a new one',
    );
  }
  const tuned = hosts.find(({ sctp }) => sctp !== null);
  if (tuned)
    throw badInput(`${experiment}: expected the hosts' own SCTP on remote, got other values for ${tuned.name}`);
  const attacker = hosts.find(({ role }) => role.kind === 'attacker');
  if (attacker) throw badInput(`${experiment}: expected no attackers on remote, got ${attacker.name}`);
}
