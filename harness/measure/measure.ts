/**
 * From a run's files to its numbers. The capture is read once, packet by packet; everything that is worked out from it
 * listens to that one stream. Then come the vectors, which know what no wire shows.
 */
import { stat } from 'node:fs/promises';
import { badInput } from '../base/errors.js';
import { delayLookup, hostsWith, type Plan } from '../experiment/plan.js';
import type { JournalEvent } from '../result/journal.js';
import type { FailoverRow, KeepAliveRow, RequestRow } from '../result/rows.js';
import { AddressBook } from './addresses.js';
import { type Dissection, dissect, usualDisorder } from './dissect.js';
import { type Doubt, Doubts, type Others } from './doubts.js';
import { type Clocks, epochsFrom } from './epochs.js';
import { failoversOf } from './failovers.js';
import { faultsOf } from './faults.js';
import { type HoleReport, reportHoles, type Tables } from './hole-report.js';
import type { Hole } from './holes.js';
import { Observation } from './observation.js';
import type { RegistrarFiles, RegistrarMeasurement } from './registrars.js';
import { disagreements, type KnownRequest, matchRequests, requestRow } from './requests.js';
import type { WireStatistics } from './statistics.js';
import type { CaptureLines } from './tshark.js';
import { readLogs, readVectors, stuckRequest, unconfirmedFailovers, type Vectors } from './witnesses.js';

export interface MeasureInput {
  readonly plan: Plan;
  readonly journal: readonly JournalEvent[];
  /** The capture's file, or what tshark printed of it; null when there is none, which leaves failovers unknown. */
  readonly capture: string | CaptureLines | null;
  /** Vector files of the pool users, by host. */
  readonly vectors: ReadonlyMap<string, string>;
  /** Log files of the pool users, by host: a second witness of when an element was given up. */
  readonly logs?: ReadonlyMap<string, string>;
  readonly registrars?: RegistrarFiles;
  /** Seconds that a host's clock, by which it wrote its files, is ahead of the journal's. @defaultValue none is */
  readonly clocks?: Clocks;
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
  /** Calculations performed in the window over up-time × capacity; null where holes leave it unknown. */
  readonly utilisationPercent: number | null;
  /** What the witnesses did not see; null when that is nothing. */
  readonly holes: HoleReport | null;
  /** What a reader must know before trusting the numbers: mismatches, truncated files, what could not be told. */
  readonly notes: string[];
}

/**
 * Measures a run. Times are seconds since the run began (the journal's `begin`).
 * @throws HarnessError `bad-input` for a journal without a beginning, `lab-broken` when tshark cannot read the capture
 */
export async function measure(input: MeasureInput): Promise<Measurement> {
  const { plan, journal } = input;
  const begin = journal.find((event) => event.event === 'begin');
  if (!begin) throw badInput('journal: expected a begin event that ties the run to the wall clock, got none');
  const ownNotes: string[] = [];
  const epochOf = epochsFrom(begin.epoch, input.clocks);
  const vectors = await readVectors(input.vectors, journal, epochOf, ownNotes);
  const logs = await readLogs(input.logs ?? new Map(), epochOf, ownNotes);
  const notes: string[] = [];
  const captured = await readCapture(input, begin.epoch, vectors.served, notes);
  const { observation, holes } = captured;
  notes.push(...ownNotes);
  const requests = hostsWith(plan, 'poolUser').map(({ name }) =>
    matchRequests(name, observation.jobsOf(name), vectors.rows.get(name) ?? []),
  );
  notes.push(...disagreements(requests.flat()));
  const tables = tabulate(requests, journal, observation, holes, { logs, served: vectors.served }, notes);
  for (const [index, { name }] of hostsWith(plan, 'poolUser').entries()) {
    const stuck = stuckRequest(name, requests[index]!, logs.get(name), observation.reachingOf(name), captured.seen);
    if (stuck) tables.requests.push(stuck.row);
    if (stuck) notes.push(stuck.note);
  }
  notes.push(...unconfirmedFailovers(logs, epochOf, tables.failovers));
  const report = reportHoles(holes, tables, observation, captured.seen);
  notes.push(...report.sentences);
  return {
    requests: tables.requests,
    failovers: tables.failovers,
    keepAlives: captured.seen ? keepAlivesOf(observation, notes) : null,
    wire: captured.seen ? observation.statistics() : null,
    registrars: captured.seen ? await observation.registrars(input.registrars ?? noFiles, epochOf, notes) : null,
    utilisationPercent: report.utilisationPercent,
    holes: report.sentences.length > 0 ? report : null,
    notes,
  };
}

const noFiles: RegistrarFiles = { logs: new Map(), statistics: new Map() };

interface Captured {
  readonly observation: Observation;
  readonly holes: readonly Hole[];
  /** False when there is no capture, or nothing in it. */
  readonly seen: boolean;
}

async function readCapture(
  input: MeasureInput,
  epoch: number,
  served: Vectors['served'],
  notes: string[],
): Promise<Captured> {
  const { plan, journal, capture, capturedAt = 'sender', signal } = input;
  const observe = () => new Observation(plan, journal, input.window, served);
  const missing = await emptiness(capture);
  if (missing !== null || capture === null) {
    notes.push(`${missing}: failovers, open and lost requests are unknown`);
    return { observation: observe(), holes: [], seen: false };
  }
  const delayBetween = delayLookup(plan);
  const book = new AddressBook(plan, journal);
  const read = async (disorderSeconds: number) => {
    const observation = observe();
    const options = { book, epoch, capturedAt, delayBetween, disorderSeconds, ...(signal && { signal }) };
    const dissection = dissect(capture, options);
    let packets = 0;
    for await (const packet of dissection.packets) {
      packets += 1;
      observation.packet(packet);
    }
    observation.finish();
    return { observation, dissection, packets };
  };
  let { observation, dissection, packets } = await read(usualDisorder);
  const { late, lateBySeconds } = dissection;
  // Frames that were written much later than others are put in order where that takes no unbounded memory.
  if (late > 0 && lateBySeconds <= disorderMost) {
    ({ observation, dissection, packets } = await read(lateBySeconds));
    notes.push(
      `${late} frames of the capture came up to ${lateBySeconds.toFixed(1)} s out of order, and were put in order`,
    );
  }
  notes.push(...complaints(dissection), ...vagueness(plan, journal));
  const seen = packets > 0;
  if (!seen) notes.push('The capture holds no packet: failovers, open and lost requests are unknown');
  return { observation, holes: seen ? observation.holes(dissection) : [], seen };
}

/** Seconds; a busy lab brings forth ten thousand packets a second. */
const disorderMost = 60;

/** @returns what to say of a capture that is not there; null when there is something */
async function emptiness(capture: MeasureInput['capture']): Promise<string | null> {
  if (capture === null) return 'No capture';
  if (typeof capture !== 'string') return null;
  const size = await stat(capture).then(
    (it) => it.size,
    () => 0,
  );
  return size > 0 ? null : `No capture in ${capture}`;
}

function keepAlivesOf(observation: Observation, notes: string[]): KeepAliveRow[] {
  const { rows, unlisted } = observation.keepAlives();
  if (unlisted > 0)
    notes.push(
      `Of the session keep-alives ${rows.length} are listed one by one; ${unlisted} answered ones are only counted`,
    );
  return rows;
}

function complaints({ truncated, late, doubled, sliced, stray, frames }: Dissection): string[] {
  return [
    ...(doubled > 0 ? [`${doubled} frames are in the capture twice, and were read once`] : []),
    ...(sliced > 0
      ? [`Of ${sliced} of ${frames} frames the capture has only the first bytes; what they said is lost`]
      : []),
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

function tabulate(
  requests: readonly (readonly KnownRequest[])[],
  journal: readonly JournalEvent[],
  observation: Observation,
  holes: readonly Hole[],
  others: Omit<Others, 'faults'>,
  notes: string[],
): Tables {
  const faults = faultsOf(journal);
  const failovers: FailoverRow[] = [];
  const inDoubt: Doubt[] = [];
  const doubts = new Doubts(holes, requests.flat(), { faults, ...others });
  const rows = requests.flatMap((known) => {
    let over = Number.NEGATIVE_INFINITY;
    return known.map((request): RequestRow => {
      const doubt = doubts.of(request, over);
      if (doubt) inDoubt.push(doubt);
      over = request.job?.complete?.sentAt ?? request.row?.completedAt ?? over;
      if (!request.job) return requestRow(request, 0, doubt);
      const progressOf = (association: string) => observation.progressOf(association);
      const found = failoversOf(request.job, request.id, faults, progressOf, doubt);
      failovers.push(...found.rows);
      notes.push(...found.notes);
      return requestRow(request, found.rows.length, doubt);
    });
  });
  failovers.sort((a, b) => (a.detectedAt ?? 0) - (b.detectedAt ?? 0));
  return { requests: rows, failovers, doubts: inDoubt };
}
