/** What runs inside a lab kernel. Steps go out on the console, numbers into the folder. */
import { realClock } from '../base/clock.js';
import { type LabInKernel, labsInKernel } from '../lab/in-kernel.js';
import type { Inside } from '../lab/uml/job.js';
import type { Form } from './network.js';
import { performCalibration } from './perform.js';

export interface InsideInput {
  readonly folder: string;
  readonly session: string;
  readonly lab: LabInKernel;
  readonly form: Form;
}

export const inside: Inside = async (input, signal) => {
  const { lab, ...rest } = input as InsideInput;
  const onStep = (step: unknown) => process.stdout.write(`${JSON.stringify(step)}\n`);
  await performCalibration({ ...rest, lab: await labsInKernel[lab](), clock: realClock, signal, onStep });
  return 0;
};
