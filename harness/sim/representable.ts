import type { Plan } from '../experiment/plan.js';
import type { FaultJournal } from './faults.js';
export function checkRepresentable(_plan: Plan, _journal?: FaultJournal): void {}
