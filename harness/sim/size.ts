/** How large a simulation will be, told from its plan alone: good to a factor of about two. */
import { hostsWith, type Plan } from '../experiment/plan.js';
import { countOf } from '../fault/schedule.js';

export interface SimulationSize {
  readonly requests: number;
  /** Faults, one for each host that one hits. */
  readonly faults: number;
  readonly events: number;
  /** Of the rows that are kept while it runs. */
  readonly memoryBytes: number;
  /** Of the run's folder, with its report. */
  readonly fileBytes: number;
}

/** Events for a request, a session's and an element's keep-alive, a fault: measured. RSPSIM computes keep-alives. */
const eventsOf = {
  deployment: { request: 24, waiting: 0, sessionKeepAlive: 5, endpointKeepAlive: 4, fault: 30 },
  rspsim: { request: 8, waiting: 1, sessionKeepAlive: 0, endpointKeepAlive: 0, fault: 8 },
};
/** A request and a fault, in memory and in the files of a run: `requests.csv`, journal, summary, report. */
const bytes = { request: 400, requestFile: 140, fault: 600, faultFile: 900 };

export function sizeOf(plan: Plan): SimulationSize {
  const { settle, warmUp, measure, drain } = plan.phases;
  const span = warmUp + measure + drain;
  const users = hostsWith(plan, 'poolUser').map(({ role }) => role);
  const elements = hostsWith(plan, 'poolElement').map(({ role }) => role);
  const capacity = total(elements.map((role) => role.capacity));
  const wanted = total(users.map(({ requestSize, requestInterval }) => requestSize.mean / requestInterval.mean));
  const load = wanted / capacity;
  const requests = total(users.map(({ requestInterval }) => span / requestInterval.mean));
  // What is asked for beyond the capacity waits.
  const served = requests / Math.max(1, load);
  // Elements share their capacity: a request among others takes the longer for them.
  const alone = ((span * wanted) / Math.max(1, load) / capacity) * elements.length;
  const inService = Math.min(users.length * span, alone / Math.max(0.5, 1 - load));
  const faults = total(plan.faults.map((fault) => strikesOf(plan, fault, measure)));
  const askedEvery = hostsWith(plan, 'registrar')[0]?.role.endpointKeepAliveInterval ?? 1;
  const each = eventsOf[plan.model];
  return {
    requests,
    faults,
    events:
      served * each.request +
      (requests - served) * each.waiting +
      (inService / (users[0]?.sessionKeepAliveInterval ?? 1)) * each.sessionKeepAlive +
      ((elements.length * (settle + span)) / askedEvery) * each.endpointKeepAlive +
      faults * each.fault,
    memoryBytes: requests * bytes.request + faults * bytes.fault,
    fileBytes: requests * bytes.requestFile + faults * bytes.faultFile,
  };
}

/** Hosts that a fault hits within the measurement. */
function strikesOf({ hosts }: Plan, schedule: Plan['faults'][number], measure: number): number {
  const { target } = schedule.fault;
  const group =
    target.select === 'named' ? target.names.length : hosts.filter((it) => it.group === target.group).length;
  const hit = target.select === 'all' || target.select === 'named' ? group : 1;
  // A clock of its own starts anew when its host is back.
  if (schedule.when === 'mtbf') return (hit * measure) / (schedule.mean + (schedule.lasting ?? measure));
  return hit * countOf(schedule, measure);
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
