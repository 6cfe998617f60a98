import chaos from '../../experiments/chaos.js';
import { resolvePlan } from '../../dist/harness/experiment/plan.js';
import { simulate } from '../../dist/harness/sim/simulate.js';
const plans = Array.from({length: 100}, (_, s) => resolvePlan(chaos, {seed: s+1}));
let ev=0;
for (let round=0; round<Number(process.argv[2]??3); round++) {
  const t=process.cpuUsage(); const samples=[];
  for (const p of plans) { const b=process.cpuUsage(); ev=simulate(p).metrics.events; const u=process.cpuUsage(b); samples.push((u.user+u.system)/1e3);} 
  const u=process.cpuUsage(t); samples.sort((a,b)=>a-b);
  console.log('mean ms', ((u.user+u.system)/1e3/plans.length).toFixed(2), 'median', samples[50].toFixed(2), 'p90', samples[90].toFixed(2), 'events last', ev);
}
