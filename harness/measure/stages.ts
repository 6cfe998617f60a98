import { type StageName, stageNames } from '../result/rows.js';

/**
 * The stages of a failover: the moments at which one ends and the next begins, and the spans between them.
 *
 * | stage | from | to |
 * | --- | --- | --- |
 * | detection | the fault | the user gives up: ASAP Endpoint Unreachable, or the handle resolution that follows |
 * | selection | giving up | the handle resolution response that names the new element has arrived |
 * | connection | the response | the SCTP association with the new element is up (COOKIE-ACK has arrived) |
 * | resumption | association up | the new element's first answer to the request (CalcApp Accept) has arrived |
 */
export interface Moments {
  readonly faultAt: number | null;
  readonly detectedAt: number | null;
  readonly selectedAt: number | null;
  readonly connectedAt: number | null;
  readonly resumedAt: number | null;
}

export type Stages = Readonly<Record<StageName, number | null>>;

/** Seconds from each moment to the next; null where one of the two is not known. */
export function stagesOf({ faultAt, detectedAt, selectedAt, connectedAt, resumedAt }: Moments): Stages {
  return {
    detection: between(faultAt, detectedAt),
    selection: between(detectedAt, selectedAt),
    connection: between(selectedAt, connectedAt),
    resumption: between(connectedAt, resumedAt),
  };
}

/** From the fault to the new element's first answer, computed without the stages: they can be held against it. */
export const delayOf = ({ faultAt, resumedAt }: Moments): number | null => between(faultAt, resumedAt);

/** Rounding of epoch seconds in a double, several times over. */
const roundingSeconds = 1e-5;

/**
 * Says what is wrong with a failover's stages: one that runs backwards, one that is missing although the failover came
 * to its end, or a sum that is not the delay.
 * @param resumed whether it came to its end
 * @returns null when they hold together, or when the failover is still open
 */
export function contradiction(stages: Stages, delay: number | null, resumed = delay !== null): string | null {
  const named = stageNames.map((name) => [name, stages[name]] as const);
  const backwards = named.find(([, span]) => span !== null && span < -roundingSeconds);
  if (backwards) return `${backwards[0]} takes ${backwards[1]!.toFixed(6)} s`;
  if (!resumed) return null;
  // Without a known fault there is no detection.
  const expected = delay === null ? named.filter(([name]) => name !== 'detection') : named;
  const missing = expected.filter(([, span]) => span === null).map(([name]) => name);
  if (missing.length > 0) return `resumed, but ${missing.join(' and ')} not seen`;
  if (delay === null) return null;
  const sum = named.reduce((total, [, span]) => total + span!, 0);
  if (Math.abs(sum - delay) <= roundingSeconds) return null;
  return `the stages add up to ${sum.toFixed(6)} s, the delay is ${delay.toFixed(6)} s`;
}

const between = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : to - from;
