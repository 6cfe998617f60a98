/** What runs inside a lab kernel. Steps go out on the console, numbers into the folder. */
import { realClock } from '../base/clock.js';
import type { Inside } from '../lab/guest/job.js';
import { type LabInKernel, labsInKernel } from '../lab/in-kernel.js';
import type { Form } from './network.js';
import { performCalibration } from './perform.js';

export interface InsideInput {
  readonly lab: LabInKernel;
  readonly form: Form;
}

export const inside: Inside = async (input, { folder, session, signal, tell }) => {
  const { lab, form } = input as InsideInput;
  const onStep = (step: unknown) => tell(JSON.stringify(step));
  await performCalibration({ form, folder, session, lab: await labsInKernel[lab](), clock: realClock, signal, onStep });
  return 0;
};
