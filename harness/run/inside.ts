/** What runs inside a lab kernel: the plan, on its namespaces or containers. Events go out on the console. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { realClock } from '../base/clock.js';
import type { Plan } from '../experiment/plan.js';
import { type LabInKernel, labsInKernel } from '../lab/in-kernel.js';
import type { Inside } from '../lab/uml/job.js';
import { rsplib } from '../pool/rsplib/rsplib.js';
import { perform } from './perform.js';

export interface InsideInput {
  readonly folder: string;
  readonly session: string;
  readonly lab: LabInKernel;
}

export const inside: Inside = async (input, signal) => {
  const { folder, session, lab } = input as InsideInput;
  // The host wrote and checked it.
  const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as Plan;
  const onEvent = (event: unknown) => process.stdout.write(`${JSON.stringify(event)}\n`);
  const open = await labsInKernel[lab]();
  await perform({ plan, lab: open, driver: rsplib, folder, session, clock: realClock, signal, onEvent });
  return 0;
};
