import { hostsWith, type Plan } from '../experiment/plan.js';
import type { ResolutionRow } from '../result/registrars.js';
import type { RegistrarNumbers } from '../result/summary.js';
import { summariseDelays } from '../stats/delays.js';
import type { Outcome } from './outcome.js';

/** @param within tells the window that statistics are about: faults struck in it, resolutions were asked in it */
export function registrarNumbers(
  plan: Plan,
  { registrars }: Outcome,
  within: (time: number | null) => boolean,
): { registrars?: RegistrarNumbers } {
  if (!registrars) return {};
  const takeovers = registrars.takeovers.filter(({ faultAt }) => within(faultAt));
  if (takeovers.length === 0 && hostsWith(plan, 'registrar').length === 1) return {};
  const rehomings = registrars.rehomings.filter(({ faultAt }) => within(faultAt));
  const resolutions = registrars.resolutions.filter(({ askedAt }) => within(askedAt));
  return {
    registrars: {
      takeovers: {
        count: takeovers.length,
        detection: summariseDelays(takeovers.flatMap(({ detection }) => detection ?? [])),
        takeover: summariseDelays(takeovers.flatMap(({ takeover }) => takeover ?? [])),
      },
      rehomings: {
        count: rehomings.length,
        open: rehomings.filter(({ rehomedAt }) => rehomedAt === null).length,
        delay: summariseDelays(rehomings.flatMap(({ delay }) => delay ?? [])),
      },
      resolutions: {
        outage: resolutionNumbers(resolutions.filter(({ faultId }) => faultId !== null)),
        otherwise: resolutionNumbers(resolutions.filter(({ faultId }) => faultId === null)),
      },
    },
  };
}

const resolutionNumbers = (rows: readonly ResolutionRow[]): RegistrarNumbers['resolutions']['outage'] => ({
  count: rows.length,
  answered: rows.filter(({ answeredAt }) => answeredAt !== null).length,
  askedAgain: rows.filter(({ tries }) => tries > 1).length,
  delay: summariseDelays(rows.flatMap(({ delay }) => delay ?? [])),
});
