import type { LoadedRun } from '../compare/load.js';
import type { ScheduledFault } from '../fault/schedule.js';

/**
 * The faults of a run one by one, each at its time and with its hosts by name, so that some can be left out without
 * changing the others. What the plan left to chance is what the journal says it became.
 */
export function faultsThatStruck({ plan, faults: { faults, measureAt } }: LoadedRun): ScheduledFault[] {
  const settled = plan.faults.filter(isSettled);
  const open = plan.faults.filter((schedule) => !isSettled(schedule));
  const drawn = faults.flatMap(({ kind, host, network, injectedAt, healedAt }): ScheduledFault[] => {
    const planned = open.find(({ fault }) => fault.kind === kind || fault.kind === 'failure');
    const group = plan.hosts.find(({ name }) => name === host)?.group;
    const time = injectedAt - measureAt;
    if (!planned || time < 0 || !mayHit(planned, host, group)) return [];
    const fault = { ...planned.fault, kind, network, target: { select: 'named' as const, names: [host] } };
    const lasting = planned.lasting === null || healedAt === null ? null : healedAt - injectedAt;
    return [{ when: 'at', time, lasting, fault: fault as ScheduledFault['fault'] }];
  });
  return [...settled, ...drawn].sort((a, b) => timeOf(a) - timeOf(b));
}

const isSettled = ({ when, fault }: ScheduledFault): boolean => when === 'at' && fault.target.select === 'named';

const mayHit = ({ fault: { target } }: ScheduledFault, host: string, group: string | undefined): boolean =>
  target.select === 'named' ? target.names.includes(host) : target.group === group;

const timeOf = (schedule: ScheduledFault): number => (schedule.when === 'at' ? schedule.time : 0);
