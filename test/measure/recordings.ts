/**
 * Recorded runs of real RSPLIB 3.4.4 in a lab kernel: one registrar, three pool elements, three pool users on two
 * networks with 10 ms one-way delay after the bridges where the capture was taken; session and endpoint keep-alives of
 * 1 s, a state cookie every 10^6 calculations, capacity 10^6 calculations/s.
 */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ms, s } from '../../harness/base/units.js';
import { exponential } from '../../harness/experiment/distribution.js';
import { experiment } from '../../harness/experiment/experiment.js';
import { type Plan, resolvePlan } from '../../harness/experiment/plan.js';
import { poolElement, poolUser, registrar } from '../../harness/experiment/role.js';
import { type MeasureInput, type Measurement, measure } from '../../harness/measure/measure.js';
import { eventSchema, type JournalEvent } from '../../harness/result/journal.js';
import { hosts, network, topology } from '../../harness/topology/topology.js';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));

export const fixture = (name: string): string => `${fixtures}${name}`;
export const captureOf = (name: string): string => `${fixtures}captures/${name}.pcapng`;
export const rsplibFile = (name: string): string => `${fixtures}rsplib/${name}`;

/** What was recorded, as a plan. */
export function recordingPlan({ elements = 3, users = 3 } = {}): Plan {
  const on = ['red', 'blue'] as const;
  return resolvePlan(
    experiment({
      name: 'recording',
      topology: topology({
        name: 'recording',
        networks: { red: network('10.1.0.0/24', { delay: ms(10) }), blue: network('10.2.0.0/24', { delay: ms(10) }) },
        hosts: { registrars: hosts(1, { on }), elements: hosts(elements, { on }), users: hosts(users, { on }) },
      }),
      deploy: () => ({
        registrars: registrar(),
        elements: poolElement(),
        users: poolUser({ requestSize: exponential(4e6), requestInterval: exponential(s(3)) }),
      }),
      phases: { measure: s(20) },
    }),
  );
}

export async function journalOf(name: string): Promise<JournalEvent[]> {
  const text = await readFile(`${fixtures}captures/${name}.ndjson`, 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => eventSchema.parse(JSON.parse(line)));
}

/** The users' vectors of a recording, by host. */
export const vectorsOf = (name: string): Promise<Map<string, string>> => filesOf(name, '.vec');
/** Their logs, for the recordings that have them. */
export const logsOf = (name: string): Promise<Map<string, string>> => filesOf(name, '.log');

async function filesOf(name: string, ending: '.vec' | '.log'): Promise<Map<string, string>> {
  const files = (await readdir(rsplibFile(name))).filter((file) => file.endsWith(ending));
  return new Map(files.sort().map((file) => [file.slice(0, -4), rsplibFile(`${name}/${file}`)]));
}

export const inputOf = async (name: string) =>
  ({
    plan: recordingPlan(),
    journal: await journalOf(name),
    capture: captureOf(name),
    vectors: await vectorsOf(name),
    logs: await logsOf(name),
    capturedAt: 'sender',
  }) satisfies MeasureInput;

export const measureRecording = async (name: string): Promise<Measurement> => measure(await inputOf(name));
