/** What a worker thread does: simulate one plan. Started by the pool, never imported. */
import type { Plan } from '../experiment/plan.js';
import { type Simulated, simulateRun } from './simulated.js';

export default (plan: Plan): Simulated => simulateRun(plan);
