import { SlotHeap } from '../protocol/heap.js';
import { Calendar } from './calendar.js';
import { Entries, integersLength, place } from './entries.js';
import { Lane } from './lane.js';

/** Events that come from elsewhere, in order; at the same time as others they happen before them. */
export interface Source {
  /** When the next one happens; infinity when there is none. */
  readonly firstTime: number;
  /** Takes it out. @returns its slot, a fixed one */
  shift(): number;
}

const nothing: Source = {
  firstTime: Number.POSITIVE_INFINITY,
  shift: () => -1,
};

/** What happens is a function, or an object where there would have to be a function for every event. */
export type Happening = ((argument: number) => void) | { happen(argument: number): void };

/**
 * Simulated time and what is to happen in it. Frequent events have a fixed slot of their own (one user's next step, one
 * element's next completion), which is scheduled, moved and cancelled without allocation; messages, which take one
 * network delay or two, go through lanes of their own, which need no sorting; rare events are callbacks.
 * Events at the same time happen in the order in which they were scheduled.
 */
export class EventQueue {
  /** Seconds since the run began. */
  now = 0;
  /** Events that have happened. */
  events = 0;
  readonly #entries: Entries;
  /** Events up to the calendar's horizon, in order; those after it are in the calendar. */
  readonly #near: SlotHeap;
  readonly #far: Calendar;
  readonly #oneDelay: Lane;
  readonly #twoDelays: Lane;
  readonly #source: Source;
  readonly #fixed: number;
  /** What is called, and with which argument. */
  readonly #calls: Happening[] = [];
  readonly #arguments: number[] = [];
  readonly #free: number[] = [];
  #rank = 0;

  /** `delay`: the network's, seconds. */
  constructor(fixedSlots: number, delay = 0, source = nothing) {
    this.#fixed = fixedSlots;
    this.#source = source;
    this.#oneDelay = new Lane(delay);
    this.#twoDelays = new Lane(2 * delay);
    const slots = fixedSlots + 64;
    this.#entries = new Entries(slots);
    this.#near = new SlotHeap(slots, { integers: this.#entries.integers, stride: integersLength, offset: place });
    this.#far = new Calendar(slots, this.#entries);
  }

  /** Lets the slot's event happen at this time, instead of when it would have. */
  schedule(slot: number, time: number): void {
    this.#place(slot, time, this.#rank++);
  }

  /** Keeps the next ranks for events that are scheduled later, as if they were now. @returns the first of them */
  reserveRanks(count: number): number {
    const first = this.#rank;
    this.#rank += count;
    return first;
  }

  #place(slot: number, time: number, rank: number): void {
    if (time < this.#far.horizon) {
      this.#far.remove(slot);
      this.#near.set(slot, time, rank);
    } else {
      this.#near.remove(slot);
      this.#far.set(slot, time, rank);
    }
  }

  /** Lets the slot's event happen after one network delay. It cannot be cancelled. */
  afterDelay(slot: number): void {
    this.#oneDelay.push(slot, this.now + this.#oneDelay.delay, this.#rank++);
  }

  /** The same after two delays, one after the other: nothing happens at the station between them. */
  afterTwoDelays(slot: number): void {
    this.#twoDelays.push(slot, this.now + this.#twoDelays.delay, this.#rank++);
  }

  isScheduled(slot: number): boolean {
    return this.#near.has(slot) || this.#far.has(slot);
  }

  cancel(slot: number): void {
    this.#near.remove(slot);
    this.#far.remove(slot);
  }

  /**
   * Calls `action` with `argument` at this time: a function that is made once and told whom it is about costs less than
   * one for every event.
   * @param rank one of {@link reserveRanks}; the next one when left out
   * @returns a handle for {@link revoke}, good until the action has run
   */
  call(time: number, action: Happening, argument = 0, rank = this.#rank++): number {
    const index = this.#free.pop() ?? this.#reserveCall();
    this.#calls[index] = action;
    this.#arguments[index] = argument;
    this.#place(this.#fixed + index, time, rank);
    return this.#fixed + index;
  }

  /** Takes back a call that has not happened yet. */
  revoke(handle: number): void {
    this.cancel(handle);
    this.#free.push(handle - this.#fixed);
  }

  /**
   * Lets everything up to and including `until` happen, but no more than `most` events; `handle` gets the fixed slots.
   * @returns whether all has happened; time then stands at `until`
   */
  run(until: number, handle: (slot: number) => void, most = Number.POSITIVE_INFINITY): boolean {
    const last = this.events + most;
    for (let slot = this.#take(until); slot >= 0; slot = this.#take(until)) {
      this.events++;
      if (slot < this.#fixed) handle(slot);
      else this.#happens(slot - this.#fixed);
      if (this.events === last) return false;
    }
    this.now = until;
    return true;
  }

  /** Takes out the next event by `until` and moves time there. @returns its slot; −1 when there is none */
  #take(until: number): number {
    const near = this.#near;
    const far = this.#far;
    const lane = this.#nextLane();
    const laneTime = lane.firstTime;
    const sourceTime = this.#source.firstTime;
    const known = Math.min(laneTime, sourceTime);
    // Days are opened until the next event is known: it is in a lane or near, and before the horizon.
    while (far.size > 0 && Math.min(known, near.firstKey, until) >= far.horizon) far.handOver(near);
    const nearTime = near.firstKey;
    const time = Math.min(known, nearTime);
    if (time > until) return -1;
    this.now = time;
    if (sourceTime === time) return this.#source.shift();
    if (laneTime < nearTime || (laneTime === nearTime && lane.firstRank < near.firstRank)) return lane.shift();
    const slot = near.first;
    near.remove(slot);
    return slot;
  }

  #nextLane(): Lane {
    const one = this.#oneDelay;
    const two = this.#twoDelays;
    const oneTime = one.firstTime;
    const twoTime = two.firstTime;
    return oneTime < twoTime || (oneTime === twoTime && one.firstRank < two.firstRank) ? one : two;
  }

  #reserveCall(): number {
    const index = this.#calls.length;
    const slots = this.#fixed + index + 1;
    this.#entries.reserve(slots);
    // Each grows by steps of its own.
    this.#near.reserve(slots, this.#entries.integers);
    return index;
  }

  #happens(index: number): void {
    const action = this.#calls[index]!;
    this.#free.push(index);
    if (typeof action === 'function') action(this.#arguments[index]!);
    else action.happen(this.#arguments[index]!);
  }
}
