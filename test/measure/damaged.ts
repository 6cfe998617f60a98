/**
 * Captures with holes: two whole ones with their marks, and what was made of them by leaving packets out, cutting them,
 * or mixing them up. `fixtures/holes/README.md` says how each was made and what is true.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { Plan } from '../../harness/experiment/plan.js';
import type { MeasureInput } from '../../harness/measure/measure.js';
import { type Measurement, measure } from '../../harness/measure/measure.js';
import type { JournalEvent } from '../../harness/result/journal.js';
import { fixture, recordingPlan } from './recordings.js';

/** The two whole recordings, by their session keep-alive in milliseconds. */
export type Recorded = 'powerOff-1000' | 'powerOff-3000';

/** Epoch seconds: a little before the first frame, the first user's start, and when the users were ended. */
const spans: Record<Recorded, { begin: number; measure: number; collect: number }> = {
  'powerOff-1000': { begin: 1795408494, measure: 1795408504, collect: 1795408578.6 },
  'powerOff-3000': { begin: 1795408611, measure: 1795408620, collect: 1795408693 },
};

const hole = (name: string): string => fixture(`holes/${name}`);

/** A file of the folder, or the whole capture of a recording. */
export const damagedCapture = (name: string): string =>
  hole(name in spans ? `${name}/cap.pcapng.gz` : `${name}.pcapng.gz`);

export const recordedOf = (name: string): Recorded =>
  name.startsWith('powerOff-1000') ? 'powerOff-1000' : 'powerOff-3000';

/** Seconds that these recordings' times are told in, less what all of them begin with. */
export const sinceBegin = (recorded: Recorded, seconds: number): number => 1795408000 + seconds - spans[recorded].begin;

/** Where a capture is to be read in another file than its own, that one. */
export async function damagedInput(name: string, capture: MeasureInput['capture'] = damagedCapture(name)) {
  const recorded = recordedOf(name);
  return {
    plan: damagedPlan(),
    journal: await marksOf(recorded),
    capture,
    vectors: await filesOf(recorded, '.vec'),
    logs: await filesOf(recorded, '.log.txt'),
    capturedAt: 'receiver',
  } satisfies MeasureInput;
}

export const measureDamaged = async (name: string, capture?: string): Promise<Measurement> =>
  measure(await damagedInput(name, capture));

/** The hosts had other addresses than a plan would give them. */
function damagedPlan(): Plan {
  const base = recordingPlan();
  const last: Record<string, number> = { pr1: 10, pe1: 21, pe2: 22, pe3: 23, pu1: 31, pu2: 32, pu3: 33 };
  const legs = (host: string) =>
    ['red', 'blue'].map((network, index) => ({ network, address: `10.${index + 1}.0.${last[host]}` }));
  return { ...base, hosts: base.hosts.map((host) => ({ ...host, legs: legs(host.name) })) };
}

async function marksOf(recorded: Recorded): Promise<JournalEvent[]> {
  const { begin, measure: from, collect } = spans[recorded];
  const marks = (await readFile(hole(`${recorded}/marks`), 'utf8')).trim().split('\n');
  const faults = marks.flatMap((line, index): JournalEvent[] => {
    const [, kind, host, what, at] = line.split(' ');
    const [time, id] = [Number(at) - begin, Math.floor(index / 3) + 1];
    const addresses = [1, 2].map((network) => `10.${network}.0.2${host!.slice(-1)}`);
    if (what === 'heal') return [{ event: 'faultHealed', time, id, host: host!, healedAt: time, addresses }];
    if (what !== 'start') return [];
    const evidence = 'recorded by hand';
    const times = { time, intendedAt: time, injectedAt: time };
    return [{ event: 'faultInjected', id, kind: kind!, host: host!, network: null, ...times, evidence, addresses }];
  });
  return [
    { event: 'begin', time: 0, epoch: begin, lab: 'uml', kernel: '6.1.176' },
    { event: 'phase', time: from - begin, phase: 'measure' },
    ...faults,
    { event: 'phase', time: collect - begin, phase: 'collect' },
  ];
}

async function filesOf(recorded: Recorded, ending: string): Promise<Map<string, string>> {
  const files = (await readdir(hole(recorded))).filter((file) => file.endsWith(ending)).sort();
  return new Map(files.map((file) => [file.slice(0, -ending.length), hole(`${recorded}/${file}`)]));
}
