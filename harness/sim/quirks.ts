/**
 * What real components do beside what the protocols ask for. The prediction leaves it out; switched on, it shows
 * whether it explains what was measured.
 */
export interface Quirks {
  /**
   * A pool element reads a cookie echo only once some later message of a user wakes it, or as it shuts down; until then
   * it neither answers nor works. The user, unaware of it, sends its session keep-alives meanwhile. RSPLIB 3.4.4 does.
   */
  readonly lateCookieEcho: boolean;
  /** Seconds until an element that is to be back at once is back: its process has to end, and a new one to start. */
  readonly returnSeconds: number;
  /**
   * How long a user tries to set up an association with an element, where that is not its request timeout. Null: it is.
   * RSPLIB's calcappclient always tries for 5 s, whatever its other timeouts are.
   */
  readonly connectSeconds: number | null;
  /**
   * A user that looks for an element or connects to one generates no requests meanwhile: the one that is due comes
   * as it is connected, and the others follow it at their intervals. RSPLIB's does all of that in one thread.
   */
  readonly seeksAlone: boolean;
  /**
   * An element that loses its home registrar waits for it to return, or for another one to take it over, instead of
   * looking for another one; while the association with its home stands it takes no other one. RSPLIB's do, but for
   * those that happen to register at that moment.
   */
  readonly waitsForHome: boolean;
  /** A registrar takes only Presences, and no updates, for a sign that a peer lives (RFC 5353: any message). */
  readonly heardByPresence: boolean;
  /** A takeover needs a vote: the last registrar that is left takes over nothing. RSPLIB's does not. */
  readonly votesNeeded: boolean;
  /** Nobody is told of a finished takeover: peers learn it from the next update or checksum. So it is with RSPLIB. */
  readonly silentTakeover: boolean;
  /** A registrar lets its peers remove any element, also one that they are no longer the home of. RSPLIB's do. */
  readonly foreignRemovals: boolean;
}

export const noQuirks: Quirks = {
  lateCookieEcho: false,
  returnSeconds: 0,
  connectSeconds: null,
  seeksAlone: false,
  waitsForHome: false,
  heardByPresence: false,
  votesNeeded: false,
  silentTakeover: false,
  foreignRemovals: false,
};

/**
 * RSPLIB's pool elements in a lab's namespaces: back 0.37 s after a power-off, 0.46 s after a shutdown (virtual time,
 * 4 ns an instruction).
 */
export const rsplibQuirks: Quirks = {
  lateCookieEcho: true,
  returnSeconds: 0.4,
  connectSeconds: 5,
  seeksAlone: true,
  waitsForHome: true,
  heardByPresence: true,
  votesNeeded: true,
  silentTakeover: true,
  foreignRemovals: true,
};
