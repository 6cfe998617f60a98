import { planWith } from '../sim/plans.js';
import { at, kill, named, s, ms, constant } from '../../harness/index.js';
import { simulate } from '../../harness/sim/simulate.js';
for (const t of [9.85,9.9,9.95,10,10.01,10.05,10.1,10.15,10.2,10.3]) { const r = simulate(planWith({ faults: [at(s(t), kill(named('pe1')), { lasting: s(15) })] }), { record: true }); console.log(t, r.failovers.map(f=>[f.detection!.toFixed(4), f.oldElement, f.faultAt]));}
