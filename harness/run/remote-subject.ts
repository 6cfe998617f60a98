/** Hosts that somebody has, as a subject: the plan is placed on them, performed there, and measured here. */
import { badInput } from '../base/errors.js';
import type { Plan } from '../experiment/plan.js';
import type { FaultKind } from '../fault/fault.js';
import { guardSession } from '../lab/guard.js';
import type { Inventory } from '../lab/remote/inventory.js';
import { faultsOf, nativeLab } from '../lab/remote/native-lab.js';
import { type Placement, place, placed } from '../lab/remote/placement.js';
import { poolDriver } from '../pool/driver/driver.js';
import { collect } from './collect.js';
import { checkInstruments, checkPlan } from './lab-subject.js';
import { perform } from './perform.js';
import type { Subject } from './subject.js';

/** @param file the inventory's, as it was named on the command line */
export function remoteSubject(inventory: Inventory, file: string): Subject {
  return {
    name: 'remote',
    clock: 'real',
    words: ['--inventory', file],
    place: async (plan) => placed(plan, place(plan, inventory)),
    check(plan) {
      const placement = place(plan, inventory);
      checkPlan(plan, 'remote', faultsOf('root'));
      checkRights(plan, placement);
      checkHosts(plan);
    },
    tryOut: () => checkInstruments(),
    async perform(plan, context) {
      await using scope = guardSession('remote', context.session);
      const lab = nativeLab({ placement: place(plan, inventory), config: inventory.sshConfig });
      await perform({ ...context, plan, lab, driver: poolDriver, workspace: process.cwd() });
      await scope.close();
      return collect(plan, context.folder);
    },
  };
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
