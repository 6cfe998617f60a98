/**
 * How far each element is with each of its requests. RSPLIB tells its progress only in state cookies, so it is worked
 * out in between: an element shares its capacity equally among the requests it has accepted (the CalcApp model), from
 * the moment its Accept leaves until it stops, completes the request, or the user gives it up. A cookie that knows of
 * more progress corrects the estimate. An element whose user left without its noticing works on for nobody; that work
 * is not counted.
 */
interface Session {
  readonly size: number;
  progress: number;
}

interface Element {
  readonly capacity: number;
  readonly sessions: Map<string, Session>;
  at: number;
  /** Seconds it had something to do, within the window. */
  busy: number;
}

export class Workload {
  readonly #elements = new Map<string, Element>();
  /** Progress of the sessions that are over, by association. */
  readonly #ended = new Map<string, number>();

  /** @param window the span that utilisation is asked for */
  constructor(
    elements: readonly { host: string; capacity: number }[],
    private readonly window: { from: number; to: number },
  ) {
    for (const { host, capacity } of elements) {
      this.#elements.set(host, { capacity, sessions: new Map(), at: 0, busy: 0 });
    }
  }

  /** @param progress calculations done before, by the state cookie that came along */
  accept(host: string, session: string, request: { size: number; progress: number }, time: number): void {
    const element = this.#elements.get(host);
    if (!element) return;
    this.#advance(element, time);
    element.sessions.set(session, { ...request });
  }

  /** A cookie says how far the session was, at the latest when it was sent. */
  observe(host: string, session: string, progress: number, time: number): void {
    const element = this.#elements.get(host);
    const known = element?.sessions.get(session);
    if (!element || !known) return;
    this.#advance(element, time);
    known.progress = Math.max(known.progress, progress);
  }

  /** The session is over: completed or given up. */
  leave(host: string, session: string, time: number): void {
    const element = this.#elements.get(host);
    const known = element?.sessions.get(session);
    if (!element || !known) return;
    this.#advance(element, time);
    this.#ended.set(session, known.progress);
    element.sessions.delete(session);
  }

  /** The element stops: all its sessions are over. */
  stop(host: string, time: number): void {
    for (const session of [...(this.#elements.get(host)?.sessions.keys() ?? [])]) this.leave(host, session, time);
  }

  /** Calculations of a session when it ended; null when it has not, or was never seen. */
  progressOf(session: string): number | null {
    return this.#ended.get(session) ?? null;
  }

  /** Calculations per second: of the element that has most, and of all together. */
  capacities(): { most: number; all: number } {
    const each = [...this.#elements.values()].map(({ capacity }) => capacity);
    return { most: Math.max(0, ...each), all: each.reduce((sum, capacity) => sum + capacity, 0) };
  }

  /**
   * Calculations performed within the window, repeated ones included, and up-time × capacity: what was possible. An
   * element with anything to do works at its full capacity.
   * @param upTime seconds of the window that an element was up
   */
  utilisation(upTime: (host: string) => number): { done: number; possible: number } {
    let [done, possible] = [0, 0];
    for (const [host, element] of this.#elements) {
      this.#advance(element, this.window.to);
      done += element.busy * element.capacity;
      possible += upTime(host) * element.capacity;
    }
    return { done, possible };
  }

  #advance(element: Element, until: number): void {
    while (element.at < until) {
      const working = [...element.sessions.values()].filter(({ size, progress }) => progress < size);
      if (working.length === 0) break;
      const share = element.capacity / working.length;
      const nearest = Math.min(...working.map(({ size, progress }) => size - progress)) / share;
      const span = Math.min(until - element.at, nearest);
      for (const session of working) {
        session.progress = span === nearest ? snap(session, share * span) : session.progress + share * span;
      }
      element.busy += overlap(element.at, element.at + span, this.window);
      element.at += span;
      // A remainder too small to move the clock would never end.
      if (span === 0) break;
    }
    element.at = Math.max(element.at, until);
  }
}

// Rounding must not leave a sliver that keeps a finished request working.
const snap = ({ size, progress }: Session, done: number): number =>
  progress + done > size - 1e-3 ? size : progress + done;

const overlap = (from: number, to: number, window: { from: number; to: number }): number =>
  Math.max(0, Math.min(to, window.to) - Math.max(from, window.from));
