/**
 * What elements and users of our own wrote down: a line of JSON for everything that happened. It takes the place of
 * RSPLIB's logs and vectors.
 */
import type { GivingUp, LoggedRequest, UserLog } from './logs.js';
import type { Vector, VectorRow } from './vectors.js';

/** The events of a user that are of use here; times in epoch seconds. */
type Event = { readonly at: number; readonly request: number } & (
  | { readonly event: 'asked'; readonly size: number }
  | { readonly event: 'accepted' }
  | ({ readonly event: 'completed' } & Omit<VectorRow, 'id'>)
  | { readonly event: 'givenUp'; readonly because: GivingUp['because'] }
  | { readonly event: 'registrar' | 'registrarLost' }
);

/** Whether a user's file is such a journal: its first line is one of JSON, with a time. */
export const isPeerJournal = (text: string): boolean => text.startsWith('{"at":');

export function parsePeerLog(text: string): UserLog {
  const givenUp: GivingUp[] = [];
  const requests = new Map<number, LoggedRequest>();
  for (const event of eventsIn(text).events) {
    const logged = requests.get(event.request);
    if (event.event === 'asked')
      requests.set(event.request, { id: event.request, size: event.size, accepts: 0, completed: false });
    if (event.event === 'accepted' && logged) logged.accepts += 1;
    if (event.event === 'completed' && logged) logged.completed = true;
    if (event.event === 'givenUp') givenUp.push({ at: event.at, because: event.because, request: event.request });
  }
  return { stamped: true, givenUp, requests };
}

export function parsePeerVector(text: string): Vector {
  const { events, truncated } = eventsIn(text);
  const rows = events.flatMap((event): VectorRow[] => {
    if (event.event !== 'completed') return [];
    const { request: id, size, queuedAt, startedAt, acceptedAt, completedAt } = event;
    return [{ id, size, queuedAt, startedAt, acceptedAt, completedAt }];
  });
  return { rows, truncated };
}

/** A last line that is cut off is left out. */
function eventsIn(text: string): { readonly events: Event[]; readonly truncated: boolean } {
  const lines = text.split('\n');
  const rest = lines.pop()!;
  const events = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Event);
  return { events, truncated: rest !== '' };
}
