import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import { eventSchema, type JournalEvent, type UntimedEvent } from '../result/journal.js';

export const journalFile = 'events.ndjson';

/** Writes a run's journal, each event at once: what was written survives any end of this process. */
export class Journal {
  readonly #file: string;

  /** @param begin the clock's time at which the run began; events count from it */
  constructor(
    folder: string,
    private readonly clock: Clock,
    private readonly begin: number,
    private readonly onEvent: (event: JournalEvent) => void,
  ) {
    this.#file = join(folder, journalFile);
  }

  record(event: UntimedEvent): void {
    const timed = { time: this.at(this.clock.now()), ...event } as JournalEvent;
    appendFileSync(this.#file, `${JSON.stringify(timed)}\n`);
    this.onEvent(timed);
  }

  /** A time of the clock as seconds since the run began, in microseconds' resolution. */
  at(time: number): number {
    return toMicroseconds(time - this.begin);
  }
}

const toMicroseconds = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;

/** Events written at a time: of millions, text of all would not fit into memory. */
const eventsAtATime = 10_000;

/** Writes the journal of a run that is over, and tells its events. */
export function writeJournalWhole(
  folder: string,
  events: readonly JournalEvent[],
  onEvent: (event: JournalEvent) => void,
): void {
  for (let first = 0; first < events.length; first += eventsAtATime) {
    const timed = events
      .slice(first, first + eventsAtATime)
      .map((event) => ({ ...event, time: toMicroseconds(event.time) }));
    appendFileSync(join(folder, journalFile), timed.map((event) => `${JSON.stringify(event)}\n`).join(''));
    for (const event of timed) onEvent(event);
  }
}

/** Reads a journal as far as it was written: the last line of a killed run may be half a one. */
export function readJournal(folder: string): JournalEvent[] {
  const lines = readFileSync(join(folder, journalFile), 'utf8').split('\n');
  return lines.flatMap((line) => parseEvent(line) ?? []);
}

/** Undefined for anything that is no event. */
export function parseEvent(line: string): JournalEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return eventSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
