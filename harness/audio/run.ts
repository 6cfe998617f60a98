/**
 * A pool of audio servers that fail, and their listeners, in simulated time. Simulated are clock, failures, network and
 * the frames of the streams; what elements and users do with state is done by the library that real ones use, so
 * that cookies, their bytes and what becomes of them are real.
 */
import { type Random, randomFrom } from '../base/random.js';
import { ElementStates } from '../pool/state/element.js';
import { type PoolKeys, poolKeys } from '../pool/state/keys.js';
import { EventQueue } from '../sim/queue.js';
import { Listener } from './listener.js';
import { type AudioParts, audio } from './media.js';
import { type Numbers, noNumbers } from './numbers.js';
import { type AudioOptions, elements, listeners, networkDelay } from './scenario.js';

/** An element that was there from some time on, until it failed. */
export interface Incarnation {
  readonly states: ElementStates<AudioParts>;
  alive: boolean;
  readonly sessions: Set<Listener>;
}

export class World {
  readonly queue: EventQueue;
  readonly numbers: Numbers = noNumbers();
  readonly listeners: readonly Listener[];
  readonly #incarnations: Incarnation[] = [];
  readonly #keys: PoolKeys;
  readonly #choices: Random;
  readonly #nonces: Random;

  constructor(readonly options: AudioOptions) {
    const random = randomFrom(options.seed);
    this.queue = new EventQueue(0, networkDelay);
    this.#choices = random.fork('choices');
    this.#nonces = random.fork('nonces');
    this.#keys = poolKeys([{ identifier: 1, secret: drawn(random.fork('key'), 32) }]);
    for (let index = 0; index < elements; index++) this.#appear(index, random.fork('failures', index));
    this.listeners = Array.from(
      { length: listeners },
      (_, index) => new Listener(this, index, random.fork('listener', index)),
    );
    for (const listener of this.listeners) listener.begin();
  }

  /** As the paper has it: a failed element is gone, and there again at once under a new address. */
  #appear(index: number, failures: Random): void {
    const { strategy, mtbf } = this.options;
    const states = new ElementStates({
      ...{ schema: audio, pool: 'AudioPool', keys: this.#keys, clock: { now: () => epoch + this.queue.now } },
      ...{ splitting: strategy !== 'full', derivation: strategy === 'derivation' },
      nonce: () => drawn(this.#nonces, 12),
      // Nobody is further than the cookies say by more than they can have missed, nor before.
      limits: { position: ({ value, attested }) => Math.max(value, attested.position) },
    });
    const incarnation: Incarnation = { states, alive: true, sessions: new Set() };
    this.#incarnations[index] = incarnation;
    this.queue.call(this.queue.now + failures.exponential(mtbf), () => {
      incarnation.alive = false;
      this.#appear(index, failures);
      for (const listener of incarnation.sessions) listener.cut();
    });
  }

  /** Any of those that are there. */
  select(): Incarnation {
    return this.#incarnations[this.#choices.below(elements)]!;
  }
}

/** When a run begins, seconds since the epoch. */
const epoch = 1_800_000_000;

const drawn = (random: Random, length: number): Buffer => Buffer.from(Array.from({ length }, () => random.below(256)));

/** The same options give the same numbers. */
export function runAudio(options: AudioOptions): Numbers {
  const world = new World(options);
  world.queue.run(options.seconds, () => {});
  for (const listener of world.listeners) listener.stop();
  return world.numbers;
}
