import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { resolvePlan } from '../../dist/harness/experiment/plan.js';
import { simulate } from '../../dist/harness/sim/simulate.js';
const h = createHash('sha256'); 
for (const f of readdirSync('experiments').filter((f) => f.endsWith('.ts') && !/^fig|paper/.test(f))) {
  const e = (await import('../../experiments/' + f)).default;
  const o = createHash('sha256');
  for (let seed = 1; seed <= (f === 'chaos.ts' ? 60 : 4); seed++) {
    const r = simulate({ ...resolvePlan(e, { seed }), model: 'deployment' }, { record: true });
    const { events, ...m } = r.metrics; o.update(JSON.stringify([m, r.requests, r.failovers, r.faults, r.web, r.registrars]));
  }
  console.log(f, o.digest('hex').slice(0, 10));
}
