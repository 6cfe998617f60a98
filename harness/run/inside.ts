/** What runs inside a lab kernel: the plan, on its namespaces or containers. Events go out on the console. */
import { realClock } from '../base/clock.js';
import type { Plan } from '../experiment/plan.js';
import type { Inside } from '../lab/guest/job.js';
import { type LabInKernel, labsInKernel } from '../lab/in-kernel.js';
import { poolDriver } from '../pool/driver/driver.js';
import type { GivenPrograms } from '../pool/pool.js';
import { perform } from './perform.js';

export interface InsideInput {
  readonly plan: Plan;
  readonly lab: LabInKernel;
  readonly programs: GivenPrograms | null;
  /** See `PoolContext`. */
  readonly workspace: string;
}

export const inside: Inside = async (input, { folder, session, virtualTime, signal, tell }) => {
  // The host made and checked it.
  const { plan, lab, programs, workspace } = input as InsideInput;
  const onEvent = (event: unknown) => tell(JSON.stringify(event));
  const open = await labsInKernel[lab]();
  await perform({
    ...{
      plan,
      lab: open,
      driver: poolDriver,
      programs,
      workspace,
      folder,
      session,
      clock: realClock,
      virtualTime,
      signal,
      onEvent,
    },
  });
  return 0;
};
