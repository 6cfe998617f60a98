/** What a reader of a comparison has to know before believing it. */
import { smallBelow } from '../stats/estimate.js';
import type { LoadedRun } from './load.js';
import type { Candidate, MeasuredPoint, RunSample } from './sample.js';

export function notesOf({ samples, loaded }: MeasuredPoint, candidates: readonly Candidate[]): string[] {
  return [
    ...loaded.flatMap(brokenNote),
    ...fewRunsNote(samples.length, candidates),
    ...failoverNotes(samples, candidates),
    ...replayNotes(loaded, candidates),
  ];
}

function brokenNote({ name, summary: { verdict, reasons } }: LoadedRun): string[] {
  if (reasons.length === 0) return [];
  return [`${name} is ${verdict} (${reasons.join('; ')}): its numbers may be the lab’s, not the subject’s.`];
}

function fewRunsNote(count: number, candidates: readonly Candidate[]): string[] {
  if (count === 1) {
    const others = candidates.flatMap(({ runs }) => (runs.length > 0 ? [runs.length] : []));
    const spread =
      Math.max(0, ...others) > 1 ? 'the runs that it is held against have' : 'its own faults and users have';
    return [`One run only: it is taken to spread as ${spread}; replications would show its own spread.`];
  }
  return count < smallBelow ? [`Only ${count} runs: intervals are wide, and rest on few values.`] : [];
}

function failoverNotes(measured: readonly RunSample[], candidates: readonly Candidate[]): string[] {
  const count = (runs: readonly RunSample[], kind: 'running' | 'starting' | 'open') =>
    runs.reduce((sum, { failovers }) => sum + failovers[kind], 0);
  const notes: string[] = [];
  const [running, starting, open] = [count(measured, 'running'), count(measured, 'starting'), count(measured, 'open')];
  if (running === 0) notes.push('No running request was stalled: there is no failover delay to compare.');
  else if (running < smallBelow) {
    notes.push(`The failover delay and its stages rest on ${plural(running, 'failover')} only.`);
  }
  if (starting > 0) {
    notes.push(`${plural(starting, 'more failover')} hit requests that nobody had accepted yet: a class of their own.`);
  }
  if (open > 0) notes.push(`${plural(open, 'failover')} had not resumed when the run ended: true delays are longer.`);
  for (const { name, runs } of candidates) {
    const still = count(runs, 'open');
    const all = count(runs, 'running') + count(runs, 'starting');
    if (still > 0) notes.push(`${name}: ${still} of ${all} failovers had not resumed when their run ended.`);
  }
  return notes;
}

/** A replayed fault hits the host that the lab's hit, whatever that host does in the simulation at the time. */
function replayNotes([first]: readonly LoadedRun[], candidates: readonly Candidate[]): string[] {
  const models = candidates.filter(({ kind, runs }) => kind === 'model' && runs.length > 0);
  const busy = first?.plan.faults.some(({ fault }) => fault.target.select === 'busy');
  if (models.length === 0 || !busy) return [];
  return [
    'The plan hits elements that are busy. Replayed faults hit the same ones at the same times, when simulated ones ' +
      'may be idle: fewer failovers are predicted than would happen.',
  ];
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
