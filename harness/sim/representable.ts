import { badInput } from '../base/errors.js';
import { hostsWith, type Plan } from '../experiment/plan.js';
import { describePolicy } from '../experiment/policy.js';
import type { FaultKind } from '../fault/fault.js';
import type { Impairment } from '../topology/impairment.js';
import { type FaultJournal, isDeath } from './faults.js';

/**
 * Holds a plan against what its model can represent: what cannot be honoured is refused, never ignored.
 * @throws HarnessError `bad-input` with the first reason
 */
export function checkRepresentable(plan: Plan, journal?: FaultJournal): void {
  const where = `${plan.experiment}: the model '${plan.model}'`;
  const refuse = (reason: string) => {
    throw badInput(`${where} ${reason}`);
  };
  const registrars = hostsWith(plan, 'registrar');
  if (registrars.length === 0) refuse('needs at least one registrar, got none');
  if (plan.model === 'rspsim' && registrars.length > 1) refuse(`has exactly one registrar, got ${registrars.length}`);
  if (hostsWith(plan, 'poolElement').length === 0) refuse('needs at least one pool element, got none');
  checkWeb(plan, refuse);
  if (plan.model === 'rspsim') checkPolicies(plan, refuse);
  checkSctp(plan, refuse);
  for (const [name, { impairment }] of Object.entries(plan.topology.networks))
    checkImpairment(name, impairment, refuse);
  checkFaults(plan, journal, refuse);
  if (plan.model !== 'rspsim') return;
  const [attacker] = hostsWith(plan, 'attacker');
  if (attacker) refuse(`knows no attackers, got ${attacker.name} (${attacker.role.attack})`);
  checkRates(plan, refuse);
  checkStar(plan, refuse);
  checkTimeouts(plan, refuse);
}

type Refuse = (reason: string) => void;

function checkWeb({ hosts, model }: Plan, refuse: Refuse): void {
  const take = 'take a lab, such as --on uml';
  for (const { name, role } of hosts) {
    const isWeb = role.kind !== 'attacker' && role.implementation === 'proxy';
    if (isWeb && model === 'rspsim') refuse(`knows no web servers and clients, got ${name}`);
    if (role.kind === 'poolUser' && role.load?.k6) refuse(`knows no scripts of k6, got ${role.load.k6}; ${take}`);
  }
}

function checkRates(plan: Plan, refuse: Refuse): void {
  for (const { name, role } of hostsWith(plan, 'registrar')) {
    const limit = (['maxHandleResolutionRate', 'maxEndpointUnreachableRate'] as const).find((it) => role[it] !== null);
    if (limit) refuse(`has registrars without limits of rates, got ${limit} ${role[limit]} at ${name}`);
  }
}

function checkPolicies(plan: Plan, refuse: Refuse): void {
  const policies = new Map<string, string>();
  for (const { name, role } of hostsWith(plan, 'poolElement')) {
    const known = policies.get(role.pool) ?? role.policy.name;
    policies.set(role.pool, known);
    if (role.policy.name !== known) {
      refuse(`has one policy per pool, got ${known} and, at ${name}, ${role.policy.name} in '${role.pool}'`);
    }
    if ('distancePenaltyFactor' in role.policy && role.policy.distancePenaltyFactor > 0) {
      refuse(`knows no distances for a penalty, got ${describePolicy(role.policy)} at ${name}`);
    }
  }
}

/** What stops a process needs a component of the pool; what happens to legs may happen to anybody. */
const endsOrStops = (kind: FaultKind): boolean => isDeath(kind) || kind === 'freeze';
const knownToRspsim: readonly FaultKind[] = ['failure', 'shutdown', 'powerOff'];

function checkFaults(plan: Plan, journal: FaultJournal | undefined, refuse: Refuse): void {
  const roles = new Map(plan.hosts.map(({ name, role }) => [name, role.kind]));
  const groups = new Map(plan.hosts.map(({ group, role }) => [group, role.kind]));
  const check = (kind: FaultKind, targets: readonly (string | undefined)[]) => {
    if (endsOrStops(kind) && targets.includes('attacker')) refuse(`lets a ${kind} hit no attacker, got one`);
    if (plan.model !== 'rspsim') return;
    if (!knownToRspsim.includes(kind))
      refuse(`knows failures, shutdowns and powerOffs, got ${kind}; the model 'deployment' knows it`);
    const other = targets.find((role) => role !== 'poolElement');
    if (other) refuse(`lets a ${kind} hit pool elements only, got ${other}`);
  };
  for (const { fault } of plan.faults) {
    const { target, kind, reappear, impairment } = fault;
    check(kind, target.select === 'named' ? target.names.map((name) => roles.get(name)) : [groups.get(target.group)]);
    if (impairment) checkImpairment(`${kind}`, impairment, refuse);
    if (plan.model === 'rspsim' && reappear !== 'new-address') {
      refuse(`lets an element return as a stranger only (reappear: 'new-address'), got '${reappear}' for ${kind}`);
    }
  }
  for (const { kind, host } of journal?.faults ?? []) {
    if (!roles.has(host)) refuse(`was given a journal with an unknown host, got '${host}'`);
    check(kind as FaultKind, [roles.get(host)]);
  }
}

/** Lost packets are independent of each other here, and jitter is normal. */
function checkImpairment(
  where: string,
  { burstLoss, jitterDistribution = 'normal' }: Impairment,
  refuse: Refuse,
): void {
  if (burstLoss) refuse(`loses packets one by one, got burstLoss in '${where}'`);
  if (jitterDistribution !== 'normal') refuse(`knows normal jitter only, got ${jitterDistribution} in '${where}'`);
}

/** Settings of SCTP that no model knows what to do with; RSPSIM's has datagrams. */
const unknownTimers = ['heartbeatInterval', 'pathMaxRetransmissions'] as const;

function checkSctp({ hosts, model }: Plan, refuse: Refuse): void {
  for (const { name, sctp } of hosts) {
    if (sctp === null) continue;
    if (model === 'rspsim') refuse(`knows no SCTP, got settings of it at ${name}`);
    const unknown = unknownTimers.find((timer) => sctp[timer] !== undefined);
    if (unknown) refuse(`knows no ${unknown} of SCTP, got ${sctp[unknown]} at ${name}`);
  }
}

/** RSPSIM's network is a star with one delay and nothing else. */
function checkStar({ topology }: Plan, refuse: Refuse): void {
  const networks = Object.entries(topology.networks);
  const delay = networks[0]![1].impairment.delay ?? 0;
  for (const [name, { impairment }] of networks) {
    if ((impairment.delay ?? 0) !== delay) {
      refuse(`has one delay between any two hosts, got ${delay} s and, in '${name}', ${impairment.delay ?? 0} s`);
    }
    const other = Object.entries(impairment).find(
      ([key, value]) => key !== 'delay' && value !== undefined && value !== 0,
    );
    if (other) refuse(`knows no network impairment but delay, got ${other[0]} ${other[1]} in '${name}'`);
  }
}

/** With datagrams that are never lost, a timeout within the round trip would fire on every message. */
function checkTimeouts(plan: Plan, refuse: Refuse): void {
  const roundTrip = 2 * (Object.values(plan.topology.networks)[0]!.impairment.delay ?? 0);
  const check = (host: string, name: string, timeout: number) => {
    if (timeout <= roundTrip) {
      refuse(`needs timeouts above the round trip of ${roundTrip} s, got ${name} ${timeout} s at ${host}`);
    }
  };
  for (const { name, role } of plan.hosts) {
    if (role.kind === 'registrar') check(name, 'endpointKeepAliveTimeout', role.endpointKeepAliveTimeout);
    else if (role.kind !== 'attacker') check(name, 'sessionKeepAliveTimeout', role.sessionKeepAliveTimeout);
    if (role.kind === 'poolUser') check(name, 'requestTimeout', role.requestTimeout);
  }
}
