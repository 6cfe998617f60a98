/**
 * From a run's files to its numbers. The capture is read once, packet by packet; everything that is worked out from it
 * listens to that one stream. Then come the vectors, which know what no wire shows.
 */
import { stat } from 'node:fs/promises';
import { badInput, messageOf } from '../base/errors.js';
import { hostsWith, type Plan } from '../experiment/plan.js';
import type { JournalEvent } from '../result/journal.js';
import type { FailoverRow, KeepAliveRow, RequestRow } from '../result/rows.js';
import { AddressBook } from './addresses.js';
import { type Dissection, dissect } from './dissect.js';
import { failoversOf } from './failovers.js';
import { faultsOf } from './faults.js';
import { readUserLog, unconfirmed } from './logs.js';
import { Observation } from './observation.js';
import type { RegistrarFiles, RegistrarMeasurement } from './registrars.js';
import { disagreements, type KnownRequest, matchRequests, requestRow } from './requests.js';
import type { WireStatistics } from './statistics.js';
import { readVector, type VectorRow } from './vectors.js';

export interface MeasureInput {
  readonly plan: Plan;
  readonly journal: readonly JournalEvent[];
  /** The capture file; null when there is none, which leaves failovers unknown. */
  readonly capture: string | null;
  /** Vector files of the pool users, by host. */
  readonly vectors: ReadonlyMap<string, string>;
  /** Log files of the pool users, by host: a second witness of when an element was given up. */
  readonly logs?: ReadonlyMap<string, string>;
  readonly registrars?: RegistrarFiles;
  /** See {@link DissectOptions}: our labs delay packets after the bridge that they are captured on. */
  readonly capturedAt?: 'sender' | 'receiver';
  /** The span that utilisation is asked for. @defaultValue measurement and drain, by the journal */
  readonly window?: { readonly from: number; readonly to: number };
  readonly signal?: AbortSignal;
}

export interface Measurement {
  readonly requests: RequestRow[];
  readonly failovers: FailoverRow[];
  /** Of sessions, in order of time; null without a capture. */
  readonly keepAlives: KeepAliveRow[] | null;
  /** Null without a capture. */
  readonly wire: WireStatistics | null;
  /** Null without a capture. */
  readonly registrars: RegistrarMeasurement | null;
  /** Calculations performed in the window over up-time × capacity; null without a capture. */
  readonly utilisationPercent: number | null;
  /** What a reader must know before trusting the numbers: mismatches, truncated files, what could not be told. */
  readonly notes: string[];
}

/**
 * Measures a run. Times are seconds since the run began (the journal's `begin`).
 * @throws HarnessError `bad-input` for a journal without a beginning, `lab-broken` when tshark cannot read the capture
 */
export async function measure(input: MeasureInput): Promise<Measurement> {
  const { plan, journal, vectors } = input;
  const begin = journal.find((event) => event.event === 'begin');
  if (!begin) throw badInput('journal: expected a begin event that ties the run to the wall clock, got none');
  const notes: string[] = [];
  const observation = new Observation(plan, journal, input.window);
  const captured = await readCapture(input, begin.epoch, observation, notes);
  const rows = await readVectors(vectors, begin.epoch, notes);
  const requests = hostsWith(plan, 'poolUser').flatMap(({ name }) =>
    matchRequests(name, observation.jobsOf(name), rows.get(name) ?? []),
  );
  notes.push(...disagreements(requests));
  const { requestRows, failoverRows } = tabulate(requests, journal, observation, notes);
  notes.push(...(await logDisagreements(input.logs, begin.epoch, failoverRows)));
  return {
    requests: requestRows,
    failovers: failoverRows,
    keepAlives: captured ? keepAlivesOf(observation, notes) : null,
    wire: captured ? observation.statistics() : null,
    registrars: captured ? await observation.registrars(input.registrars ?? noFiles, begin.epoch, notes) : null,
    utilisationPercent: captured ? observation.utilisationPercent() : null,
    notes,
  };
}

const noFiles: RegistrarFiles = { logs: new Map(), statistics: new Map() };

async function readCapture(
  { plan, journal, capture, capturedAt = 'sender', signal }: MeasureInput,
  epoch: number,
  observation: Observation,
  notes: string[],
): Promise<boolean> {
  const size =
    capture === null
      ? 0
      : await stat(capture).then(
          (it) => it.size,
          () => 0,
        );
  if (capture === null || size === 0) {
    notes.push(`No capture${capture === null ? '' : ` in ${capture}`}: failovers, open and lost requests are unknown`);
    return false;
  }
  const delays = Object.fromEntries(
    Object.entries(plan.topology.networks).map(([name, { impairment }]) => [name, impairment.delay ?? 0]),
  );
  const book = new AddressBook(plan, journal);
  const dissection = dissect(capture, { book, epoch, capturedAt, delays, ...(signal && { signal }) });
  for await (const packet of dissection.packets) observation.packet(packet);
  observation.finish();
  notes.push(...complaints(dissection), ...vagueness(plan, journal));
  return true;
}

function keepAlivesOf(observation: Observation, notes: string[]): KeepAliveRow[] {
  const { rows, unlisted } = observation.keepAlives();
  if (unlisted > 0)
    notes.push(
      `Of the session keep-alives ${rows.length} are listed one by one; ${unlisted} answered ones are only counted`,
    );
  return rows;
}

function complaints({ truncated, late, stray, frames }: Dissection): string[] {
  return [
    ...(truncated ? [`The capture ends in the middle of a packet; its ${frames} whole frames were read`] : []),
    ...(late > 0 ? [`${late} frames of the capture were too far out of order to be put in their place`] : []),
    ...(stray > 0 ? [`${stray} messages could not be told which chunk they came in, and were left out`] : []),
  ];
}

// Where the delay of a packet is not the network's, the time it reached its receiver is known only so well.
function vagueness(plan: Plan, journal: readonly JournalEvent[]): string[] {
  const varying = Object.entries(plan.topology.networks)
    .filter(([, { impairment }]) => impairment.jitter !== undefined || impairment.rateMbit !== undefined)
    .map(([name]) => name);
  const impaired = journal.some((event) => event.event === 'faultInjected' && event.kind === 'impair');
  return [
    ...(varying.length > 0 ? [`Times of reception on ${varying.join(' and ')} assume the mean delay`] : []),
    ...(impaired ? ['Times at impaired hosts assume the network’s own delay'] : []),
  ];
}

async function logDisagreements(
  logs: ReadonlyMap<string, string> = new Map(),
  epoch: number,
  failovers: readonly FailoverRow[],
): Promise<string[]> {
  const notes = [...logs].map(async ([user, path]) => {
    const detections = failovers.flatMap((row) => (row.user === user && row.detectedAt !== null ? row.detectedAt : []));
    try {
      return unconfirmed(user, detections, await readUserLog(path, epoch), epoch);
    } catch (error) {
      return [`The log of ${user} could not be read: ${messageOf(error)}`];
    }
  });
  return (await Promise.all(notes)).flat();
}

/** The users' vectors, their times since the run began. */
async function readVectors(
  vectors: ReadonlyMap<string, string>,
  epoch: number,
  notes: string[],
): Promise<Map<string, VectorRow[]>> {
  const rows = new Map<string, VectorRow[]>();
  for (const [host, path] of vectors) {
    try {
      const vector = await readVector(path);
      if (vector.truncated) notes.push(`The vector of ${host} ends in the middle of a line, which was left out`);
      rows.set(
        host,
        vector.rows.map((row) => sinceBegin(row, epoch)),
      );
    } catch (error) {
      notes.push(`The vector of ${host} could not be read: ${messageOf(error)}`);
    }
  }
  return rows;
}

const sinceBegin = (row: VectorRow, epoch: number): VectorRow => ({
  ...row,
  queuedAt: row.queuedAt - epoch,
  startedAt: row.startedAt - epoch,
  acceptedAt: row.acceptedAt - epoch,
  completedAt: row.completedAt - epoch,
});

function tabulate(
  requests: readonly KnownRequest[],
  journal: readonly JournalEvent[],
  observation: Observation,
  notes: string[],
) {
  const faults = faultsOf(journal);
  const failoverRows: FailoverRow[] = [];
  const requestRows = requests.map((known): RequestRow => {
    if (!known.job) return requestRow(known, 0);
    const found = failoversOf(known.job, known.id, faults, (association) => observation.progressOf(association));
    failoverRows.push(...found.rows);
    notes.push(...found.notes);
    return requestRow(known, found.rows.length);
  });
  failoverRows.sort((a, b) => (a.detectedAt ?? 0) - (b.detectedAt ?? 0));
  return { requestRows, failoverRows };
}
