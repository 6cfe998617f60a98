import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import elementPowerOff from '../../experiments/element-power-off.js';
import { loadPlan } from '../../harness/experiment/load-plan.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { temporaryFolder } from '../temporary.js';

it('a plan with a byte order mark is the same plan', () => {
  const file = join(temporaryFolder(), 'plan.json');
  const plan = resolvePlan(elementPowerOff);
  writeFileSync(file, `\uFEFF${JSON.stringify(plan)}`);
  expect(loadPlan(file)).toEqual({ ...plan, file });
});
