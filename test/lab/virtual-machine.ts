/** The machine in virtual time as all tests have it, so that one snapshot does for all. */
import elementPowerOff from '../../experiments/element-power-off.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { settingFor } from '../../harness/run/virtual-subject.js';

export const machineSetting = settingFor(resolvePlan(elementPowerOff));
