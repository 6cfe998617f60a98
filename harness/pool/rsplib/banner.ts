/**
 * What RSPLIB's programs say at their start that they use, held against what they were told. They change some values
 * without a word (see limits.ts), so that a run would measure something else than it says.
 */
import type { Policy } from '../../experiment/policy.js';
import type { Attacker, PoolElement, PoolUser, Registrar, Role } from '../../experiment/role.js';
import type { ReadBack } from '../implementation.js';

/** One line of a banner: what it is called there, and what it should say. */
interface Line {
  readonly parameter: string;
  readonly label: RegExp;
  /** Null for no limit. */
  readonly expected: string | number | null;
  /** Of the number that it prints, how far it may be off by rounding: absolute, or relative to its size. */
  readonly rounding?: { readonly within?: number; readonly share?: number };
}

type Component = Exclude<Role, Attacker>;

/** @param log of one life, from its beginning; a line counts when it is whole */
export function readBack(role: Component, log: string): ReadBack {
  const differing: string[] = [];
  const unsaid: string[] = [];
  for (const line of linesOf(role)) {
    // Other threads' lines may come in between, and stamp the beginning of one.
    const said = line.label.exec(log)?.[1];
    if (said === undefined) unsaid.push(line.parameter);
    else if (!agrees(line, said)) {
      differing.push(`${line.parameter}: told ${line.expected ?? 'no limit'}, uses ${said}`);
    }
  }
  return { differing, unsaid };
}

function agrees({ expected, rounding = {} }: Line, said: string): boolean {
  if (expected === null) return said.startsWith('unlimited');
  if (typeof expected === 'string') return said === expected;
  const { within = 0, share = 0 } = rounding;
  // A little more than half of the last digit: of what lies just in between, C and JavaScript print different ones.
  return Math.abs(Number.parseFloat(said) - expected) <= 1.001 * Math.max(within, share * Math.abs(expected));
}

function linesOf(role: Component): Line[] {
  switch (role.kind) {
    case 'registrar':
      return registrarLines(role);
    case 'poolElement':
      return elementLines(role);
    case 'poolUser':
      return userLines(role);
  }
}

const labelled = (label: string, sign: '=' | ': *'): RegExp => new RegExp(`${label} *${sign} ([^\\n]*)\\n`);
const milliseconds = (seconds: number): number => seconds * 1e3;

function registrarLines(role: Registrar): Line[] {
  const line = (parameter: keyof Registrar, label: string, expected: number | null, within = 0.01): Line => ({
    ...{ parameter, label: labelled(label, ': *'), expected, rounding: { within } },
  });
  const ms = (parameter: keyof Registrar, label: string) =>
    line(parameter, label, milliseconds(role[parameter] as number));
  return [
    ms('endpointKeepAliveInterval', 'Endpoint Keep Alive Transmission Interval'),
    ms('endpointKeepAliveTimeout', 'Endpoint Keep Alive Timeout Interval'),
    // Without a limit it is told a number that no run comes near.
    ...(role.maxBadPeReports === null ? [] : [line('maxBadPeReports', 'Max Bad PE Reports', role.maxBadPeReports)]),
    line('maxHandleResolutionRate', 'Max Handle Resolution Rate', role.maxHandleResolutionRate, 0.005),
    line('maxEndpointUnreachableRate', 'Max Endpoint Unreachable Rate', role.maxEndpointUnreachableRate, 0.005),
    // RSPLIB's own spelling, and the right one.
    ms('peerHeartbeatCycle', 'Peer Heartbeat Cy(?:lc|cl)e'),
    ms('peerMaxTimeLastHeard', 'Peer Max Time Last Heard'),
    ms('peerMaxTimeNoResponse', 'Peer Max Time No Response'),
    ms('mentorDiscoveryTimeout', 'Mentor Hunt Timeout'),
    ms('takeoverExpiryInterval', 'Takeover Expiry Interval'),
  ];
}

function elementLines(role: PoolElement): Line[] {
  const line = (parameter: string, label: string, expected: number | string, within = 0): Line => ({
    ...{ parameter, label: labelled(label, '='), expected, rounding: { within } },
  });
  return [
    line('pool', 'Pool Handle', role.pool),
    // A third of it, in whole milliseconds.
    line('registrationLife', 'Reregistration Interval', role.registrationLife / 3, 0.0005),
    ...policyLines(role.policy, line),
    line('maxRequests', 'Max Jobs', role.maxRequests),
    line('capacity', 'Capacity', role.capacity, 0.05),
    line('sessionKeepAliveInterval', 'KA Transmission Interv\\.', milliseconds(role.sessionKeepAliveInterval), 0.01),
    line('sessionKeepAliveTimeout', 'KA Timeout Interval', milliseconds(role.sessionKeepAliveTimeout), 0.01),
    // Without a limit they are told numbers that no run comes near.
    ...(role.cookieTime === null ? [] : [line('cookieTime', 'Cookie Max Time', role.cookieTime, 0.0005)]),
    ...(role.cookieInterval === null
      ? []
      : [line('cookieInterval', 'Cookie Max Calculations', role.cookieInterval, 0.5)]),
  ];
}

function policyLines(
  policy: Policy,
  line: (parameter: string, label: string, expected: number | string, within?: number) => Line,
): Line[] {
  const percent = (parameter: string, label: string, fraction: number) =>
    line(`policy.${parameter}`, label, 100 * fraction, 0.0005);
  const lines = [line('policy', 'Policy Type', policy.name)];
  if ('weight' in policy) lines.push(line('policy.weight', '  Weight', policy.weight));
  if ('priority' in policy) lines.push(line('policy.priority', '  Weight', policy.priority));
  if ('loadDegradation' in policy) lines.push(percent('loadDegradation', 'Load Degradation', policy.loadDegradation));
  if ('distancePenaltyFactor' in policy) {
    const label = 'weight' in policy ? 'Weight DPF' : 'Load DPF';
    lines.push(percent('distancePenaltyFactor', label, policy.distancePenaltyFactor));
  }
  return lines;
}

function userLines(role: PoolUser): Line[] {
  // C++ prints six digits.
  const line = (parameter: keyof PoolUser, label: string, expected: number | string, share = 5e-6): Line => ({
    ...{ parameter, label: labelled(label, '='), expected, rounding: { share } },
  });
  return [
    line('pool', 'Pool Handle', role.pool),
    // Rounded to microseconds before.
    line('requestInterval', 'Job Interval', role.requestInterval.mean, 6e-4),
    line('requestSize', 'Job Size', role.requestSize.mean),
    line('sessionKeepAliveInterval', 'Keep-Alive Transm\\. Int\\.', role.sessionKeepAliveInterval),
    line('sessionKeepAliveTimeout', 'Keep-Alive Timeout Int\\.', role.sessionKeepAliveTimeout),
  ];
}
