/** What is kept of a session: numbers in arrays, at these places; and how long it waits before it tries again. */

/** What a session waits for; its event slot holds when that happens. */
export enum Phase {
  /** There is no session of this number. */
  Closed,
  /** For its handle resolution to reach the registrar. */
  Resolving,
  /** For its request to reach the element. */
  Sent,
  /** For the request timeout: the element is not there. */
  Unaccepted,
  /** For the element; nothing is scheduled, the element decides. */
  Served,
  /** For the session keep-alive timeout: the element died. */
  Stalled,
  /** For the element's abort. */
  Aborted,
  /** For the completion. */
  Completed,
  /** To try again, after an empty pool or a rejection. */
  Waiting,
}

/** The fields of a record, side by side, as what is used together should be fetched together. */
export const recordLength = 8;
export const size = 0;
export const queuedAt = 1;
export const startedAt = 2;
/** First accept; negative while there was none. */
export const firstAcceptAt = 3;
/** Latest accept: the session keep-alives count from here. */
export const acceptAt = 4;
/** Calculations secured by the newest cookie. */
export const secured = 5;
/** Four integers in the room of two more numbers: who was chosen, the slot in the registrar and whose it was then. */
export const integersLength = 2 * recordLength;
export const slot = 12;
export const element = 13;
export const incarnation = 14;
export const user = 15;

/** How long a user waits before it asks again for an element of an empty pool, seconds. */
export const emptyPoolRetry = 30;
/** The longest wait before a rejected request is tried again, seconds. */
export const longestRejectRetry = 0.2;
