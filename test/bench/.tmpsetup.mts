import chaos from '../../experiments/chaos.js';
import { resolvePlan } from '../../dist/harness/experiment/plan.js';
import { simulate } from '../../dist/harness/sim/simulate.js';
const full = Array.from({length: 100}, (_, s) => resolvePlan(chaos, {seed: s+1}));
const noFaults = full.map((p) => ({...p, faults: []}));
const tiny = full.map((p) => ({...p, faults: [], phases: {settle:0,warmUp:0,measure:0.01,drain:0}}));
const t = (plans: any[]) => { const b=process.cpuUsage(); for (const p of plans) simulate(p); const u=process.cpuUsage(b); return (u.user+u.system)/1e3/plans.length; };
for (let i=0;i<3;i++) console.log('full', t(full).toFixed(2), 'no faults', t(noFaults).toFixed(2), 'setup', t(tiny).toFixed(2), 'events', simulate(full[3]!).metrics.events, simulate(noFaults[3]!).metrics.events, simulate(tiny[3]!).metrics.events);
