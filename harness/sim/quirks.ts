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
}

export const noQuirks: Quirks = { lateCookieEcho: false, returnSeconds: 0, connectSeconds: null };

/**
 * RSPLIB's pool elements in a lab's namespaces: back 0.37 s after a power-off, 0.46 s after a shutdown (virtual time,
 * 4 ns an instruction).
 */
export const rsplibQuirks: Quirks = { lateCookieEcho: true, returnSeconds: 0.4, connectSeconds: 5 };
