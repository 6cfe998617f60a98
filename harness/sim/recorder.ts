/** Keeps what happened to every request and in every failover, in the rows that a lab's run gives too. */
import type { FailoverRow, RequestRow } from '../result/rows.js';
import type { Strike } from './faults.js';
import type { Request } from './requests.js';

export class Recorder {
  readonly requests: RequestRow[] = [];
  readonly failovers: FailoverRow[] = [];
  readonly #users: readonly string[];
  /** Requests of each user so far. */
  readonly #counts: Int32Array;
  readonly #open: (RequestRow | undefined)[] = [];
  /** Failovers that have not ended, by user. */
  readonly #stalls: (FailoverRow | undefined)[] = [];

  constructor(users: readonly string[]) {
    this.#users = users;
    this.#counts = new Int32Array(users.length);
  }

  /** A user takes a request from its queue. */
  started(user: number, request: Request, at: number): void {
    const row = this.#row(user, request);
    row.startedAt = at;
    row.queuingDelay = at - request.queuedAt;
    this.#open[user] = row;
  }

  /** The element's first answer reaches the user at this time. */
  accepted(user: number, element: string, at: number): void {
    const row = this.#open[user]!;
    row.element = element;
    if (row.acceptedAt === null) {
      row.acceptedAt = at;
      row.startupDelay = at - row.startedAt!;
    }
    const stall = this.#stalls[user];
    this.#stalls[user] = undefined;
    if (!stall) return;
    stall.newElement = element;
    stall.connectedAt ??= stall.selectedAt;
    stall.resumedAt = at;
    stall.delay = stall.faultAt === null ? null : at - stall.faultAt;
    stall.selection = stall.selectedAt! - stall.detectedAt!;
    stall.connection = stall.connectedAt! - stall.selectedAt!;
    stall.resumption = at - stall.connectedAt!;
  }

  /**
   * The user gives up on an element. A request that stalls again before anybody accepted it is still in the same
   * failover, whose selection takes the longer for it.
   */
  gaveUp(
    user: number,
    at: number,
    { element, strike, faultAt, repeated }: Cause & { element: string; repeated: number | null },
  ): void {
    const request = this.#open[user]!;
    const running = request.acceptedAt !== null;
    if (running && !this.#stalls[user]) request.failovers!++;
    if (this.#stalls[user]) return;
    const row: FailoverRow = {
      user: this.#users[user]!,
      requestId: request.id,
      oldElement: element,
      newElement: null,
      faultId: strike?.id ?? null,
      faultKind: strike?.kind ?? null,
      phase: running ? 'running' : 'starting',
      faultAt,
      detectedAt: at,
      selectedAt: null,
      connectedAt: null,
      resumedAt: null,
      delay: null,
      detection: faultAt === null ? null : at - faultAt,
      selection: null,
      connection: null,
      resumption: null,
      repeatedCalculations: repeated,
      uncertain: null,
    };
    this.failovers.push(row);
    this.#stalls[user] = row;
  }

  /** The registrar's answer reaches the user at this time. */
  selected(user: number, at: number): void {
    const stall = this.#stalls[user];
    if (stall) stall.selectedAt = at;
  }

  /** The association with the selected element is up. */
  connected(user: number, at: number): void {
    const stall = this.#stalls[user];
    if (stall) stall.connectedAt = at;
  }

  completed(user: number, at: number): void {
    const row = this.#open[user]!;
    this.#open[user] = undefined;
    row.state = 'completed';
    row.completedAt = at;
    row.processingTime = at - row.acceptedAt!;
    row.handlingTime = at - row.queuedAt!;
    row.handlingSpeed = row.handlingTime > 0 ? row.size! / row.handlingTime : null;
    this.requests.push(row);
  }

  /** The user is gone, and with it the request in service. */
  lost(user: number): void {
    const row = this.#open[user];
    this.#open[user] = undefined;
    this.#stalls[user] = undefined;
    if (row) this.requests.push(Object.assign(row, { state: 'lost' as const }));
  }

  /** A request that is still in its user's queue when the run ends, or the user does. */
  neverServed(user: number, request: Request, state: 'open' | 'lost'): void {
    this.requests.push({ ...this.#row(user, request), state });
  }

  /** The run ends here: what was announced for a later time has not happened. Rows are put in order of generation. */
  close(end: number): void {
    for (const row of this.#open) {
      if (!row) continue;
      if (row.acceptedAt !== null && row.acceptedAt > end) Object.assign(row, { acceptedAt: null, startupDelay: null });
      this.requests.push(row);
    }
    for (const row of this.failovers) {
      if (row.selectedAt !== null && row.selectedAt > end) row.selectedAt = null;
      if (row.resumedAt === null || row.resumedAt <= end) continue;
      Object.assign(row, { newElement: null, resumedAt: null, delay: null, resumption: null });
      if (row.selectedAt === null) row.selection = null;
      if (row.connectedAt !== null && row.connectedAt > end)
        Object.assign(row, { connectedAt: null, connection: null });
    }
    this.requests.sort((a, b) => a.queuedAt! - b.queuedAt! || (a.user < b.user ? -1 : 1));
  }

  /** Users take requests in the order in which they generate them. */
  #row(user: number, { size, queuedAt }: Request): RequestRow {
    return {
      user: this.#users[user]!,
      id: ++this.#counts[user]!,
      size,
      state: 'open',
      queuedAt,
      startedAt: null,
      acceptedAt: null,
      completedAt: null,
      queuingDelay: null,
      startupDelay: null,
      processingTime: null,
      handlingTime: null,
      handlingSpeed: null,
      failovers: 0,
      element: null,
      uncertain: null,
    };
  }
}

/** Why an element did not answer. */
export interface Cause {
  readonly strike: Strike | null;
  /** Null when no fault did it, e.g. lost packets. */
  readonly faultAt: number | null;
}
