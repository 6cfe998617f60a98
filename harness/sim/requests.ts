import type { Random, Streams } from '../base/random.js';
import { draw } from '../experiment/distribution.js';
import type { PoolUser } from '../experiment/role.js';
import type { Roles } from './roles.js';

/** A user's next request and the state of its stream, side by side, as what is used together is fetched together. */
const recordLength = 4;
const time = 0;
const size = 1;
/** Place of the stream's state in a record seen as integers, two of which take the room of a number. */
const state = 4;

/** A request as its user generates it: calculations, and seconds since the run began. */
export interface Request {
  readonly size: number;
  readonly queuedAt: number;
}

/** The requests that users generate: for each user an open stream of times and sizes; the next one is known. */
export class RequestStreams {
  readonly #roles: Roles<PoolUser>;
  readonly #records: Float64Array;
  readonly #streams: Streams;
  /** Of each user that had some: from when until when it generated nothing. */
  readonly #pauses = new Map<number, { readonly from: number; readonly until: number }[]>();

  /** All users start at the same time, and each draws from a stream of its own: nothing else changes its requests. */
  constructor(start: number, names: readonly string[], roles: Roles<PoolUser>, random: Random) {
    this.#roles = roles;
    this.#records = new Float64Array(recordLength * names.length);
    this.#streams = random.forkEach(
      names.map((name) => ['requests', name]),
      { array: new Int32Array(this.#records.buffer).subarray(state), stride: 2 * recordLength },
    );
    for (let user = 0; user < names.length; user++) this.#draw(user, start);
  }

  get users(): number {
    return this.#roles.count;
  }

  /** Requests per second of all users together, on average. */
  get rate(): number {
    return this.#roles.map(({ requestInterval }) => 1 / requestInterval.mean).reduce((sum, each) => sum + each, 0);
  }

  /** When the user's next request is or was generated, seconds since the run began. */
  time(user: number): number {
    return this.#records[recordLength * user + time]!;
  }

  /** Its size in calculations. */
  size(user: number): number {
    return this.#records[recordLength * user + size]!;
  }

  next(user: number): Request {
    return { size: this.size(user), queuedAt: this.time(user) };
  }

  /** Goes on to the user's request after this one. */
  advance(user: number): void {
    this.#draw(user, this.time(user));
  }

  /** Between these times the user generated nothing: a request that was due then comes as they end. */
  pause(user: number, from: number, until: number): void {
    // Nothing is due any more in those that ended before the next request.
    const pauses = this.#pauses.get(user)?.filter((pause) => pause.until > this.time(user)) ?? [];
    this.#pauses.set(user, [...pauses, { from, until }]);
    this.#records[recordLength * user + time] = this.#postponed(user, this.time(user));
  }

  #postponed(user: number, due: number): number {
    return this.#pauses.get(user)?.find(({ from, until }) => from < due && due < until)?.until ?? due;
  }

  /** Draws the request that is generated one gap after this time. */
  #draw(user: number, from: number): void {
    const { requestInterval, requestSize } = this.#roles.of(user);
    const random = this.#streams.of(user);
    const due = from + draw(requestInterval, random);
    this.#records[recordLength * user + time] = this.#pauses.size === 0 ? due : this.#postponed(user, due);
    this.#records[recordLength * user + size] = draw(requestSize, random);
  }
}
