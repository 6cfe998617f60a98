import chaos from '../../experiments/chaos.js';
import { resolvePlan } from '../../dist/harness/experiment/plan.js';
import { simulate } from '../../dist/harness/sim/simulate.js';
const full = Array.from({length: 100}, (_, s) => resolvePlan(chaos, {seed: s+1})).map((p)=> process.argv[2]==='none' ? {...p, faults: []} : p);
for (let i=0;i<10;i++) for (const p of full) simulate(p);
