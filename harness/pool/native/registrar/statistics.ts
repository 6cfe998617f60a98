/** A registrar's statistics: a line every so often, in RSPLIB's columns, so that both are read alike. */
import type { Registrar } from './registrar.js';

export const statisticsHead =
  'AbsTime RelTime Runtime UserTime SystemTime   Peers Pools PoolElements OwnedPoolElements   ' +
  'Registrations Reregistrations Deregistrations HandleResolutions FailureReports Synchronizations HandleUpdates ' +
  'EndpointKeepAlives\n';

/** Seconds between two lines. */
export const statisticsInterval = 0.5;

/** @param now epoch seconds, @param runtime seconds since its start */
export function statisticsLine(number: number, now: number, runtime: number, it: Registrar['holdings']): string {
  const times = [now.toFixed(6), runtime.toFixed(6), '', '0.000000', '0.000000', '0.000000', ''];
  const held = [it.peers, it.pools, it.elements, it.ownElements, '', ''];
  const done = [
    ...[it.registrations, it.reregistrations, it.deregistrations, it.handleResolutions, it.failureReports],
    ...[it.synchronizations, it.handleUpdates, it.endpointKeepAlives],
  ];
  return `${[String(number).padStart(6, '0'), ...times, '', ...held, ...done].join(' ')}\n`;
}
