/** A listener: one title after the other, each heard to its end, from whatever elements are left. */
import type { Random } from '../base/random.js';
import { UserState } from '../pool/state/user.js';
import { damaged } from './damage.js';
import {
  type AudioParts,
  type AudioState,
  audio,
  frameSamples,
  frameSeconds,
  positionAfter,
  rtpFrame,
} from './media.js';
import type { Incarnation, World } from './run.js';
import { frameLoss, keepAlive, meanTitle, networkDelay } from './scenario.js';
import { cookieOnWire, frameOnWire } from './wire.js';

/** What an element sends to this listener until either it fails or the title ends. */
interface Stream {
  readonly element: Incarnation;
  readonly beganAt: number;
  /** Number of the first frame. */
  readonly from: number;
  over: boolean;
}

export class Listener {
  readonly #random: Random;
  #title = 0;
  /** Times the current title was begun: each time is a session of its own. */
  #attempt = 0;
  /** Frames. */
  #length = 0;
  /** Frames of the title that have been heard, lost ones between them included. */
  #heard = 0;
  #state: UserState<AudioParts, Buffer>;
  #firstEcho: Buffer | null = null;
  #stream: Stream | null = null;

  constructor(
    private readonly world: World,
    private readonly index: number,
    random: Random,
  ) {
    this.#random = random;
    this.#state = this.#newState();
  }

  /** The next title. */
  begin(): void {
    this.#title++;
    this.#length = Math.ceil(this.#random.fork('length', this.#title).exponential(meanTitle) / frameSeconds);
    this.#heard = 0;
    this.#newSession();
    this.#play(this.world.select(), 0);
  }

  /** Its element is gone: so many frames had left it, and those that are on their way still arrive. */
  cut(): void {
    const { queue, numbers } = this.world;
    const stream = this.#stream!;
    const sent = this.#end(stream);
    const received = this.#lastReceived(stream.from, sent);
    if (received >= stream.from) {
      this.#heard = Math.max(this.#heard, received + 1);
      this.#state.hear(rtpFrame(received));
    }
    if (this.#heard < this.#length) {
      numbers.failovers++;
      this.#failOver(queue.now);
    } else this.#complete();
  }

  /** The run is over. */
  stop(): void {
    if (this.#stream && !this.#stream.over) this.#end(this.#stream);
  }

  #newSession(): void {
    this.#attempt++;
    this.#state = this.#newState();
    this.#firstEcho = null;
  }

  #newState(): UserState<AudioParts, Buffer> {
    const derive = this.world.options.strategy === 'derivation' ? { position: positionAfter } : {};
    return new UserState<AudioParts, Buffer>({ schema: audio, derive });
  }

  get #session(): string {
    return `${this.index}/${this.#title}/${this.#attempt}`;
  }

  #stateAt(frame: number): AudioState {
    const credentials = Buffer.alloc(this.world.options.credentialsBytes, this.index);
    return { credentials, title: `Symphony No. ${this.#title}`, position: frame * frameSamples };
  }

  #play(element: Incarnation, from: number): void {
    const { queue } = this.world;
    const stream: Stream = { element, from, beganAt: queue.now, over: false };
    this.#stream = stream;
    element.sessions.add(this);
    this.#checkpoint(stream);
    queue.call(queue.now + (this.#length - from) * frameSeconds, () => {
      if (stream.over) return;
      this.#end(stream);
      this.#complete();
    });
  }

  /** The element secures the state, now and from time to time. */
  #checkpoint(stream: Stream): void {
    const { queue, numbers, options } = this.world;
    if (stream.over) return;
    const session = this.#session;
    const cookie = stream.element.states.checkpoint(session, this.#stateAt(nextFrame(stream, queue.now)));
    if (cookie) {
      numbers.cookie_bytes += cookie.length;
      numbers.state_bytes_on_wire += cookieOnWire(cookie.length);
      queue.call(queue.now + networkDelay, () => {
        if (session !== this.#session) return;
        const kind = this.#state.take(cookie);
        if (kind !== 'ignored') numbers[`${kind}_cookies`]++;
        this.#firstEcho ??= this.#state.echo();
      });
    }
    queue.call(queue.now + options.cookieInterval, () => this.#checkpoint(stream));
  }

  /** Ends a stream. @returns how many frames, from the title's beginning, had been sent */
  #end(stream: Stream): number {
    const { queue, numbers } = this.world;
    stream.over = true;
    stream.element.sessions.delete(this);
    const sent = Math.min(nextFrame(stream, queue.now), this.#length);
    numbers.sent_s += (sent - stream.from) * frameSeconds;
    numbers.media_bytes_on_wire += (sent - stream.from) * frameOnWire;
    return sent;
  }

  /** @returns the last frame before `sent` that was not lost; less than `from` when all were */
  #lastReceived(from: number, sent: number): number {
    let last = sent - 1;
    while (last >= from && this.#random.uniform() < frameLoss) last--;
    return last;
  }

  /** Keep-alives, handle resolution, association, echo; what is chosen may fail meanwhile, too. */
  #failOver(since: number): void {
    const { queue } = this.world;
    const detection = this.#random.uniform() * keepAlive.interval + keepAlive.timeout;
    queue.call(queue.now + detection + 2 * networkDelay, () => {
      const element = this.world.select();
      // Two round trips until the association is up, then the echo's way.
      queue.call(queue.now + 5 * networkDelay, () => {
        if (element.alive) this.#resume(element, since);
        else this.#failOver(since);
      });
    });
  }

  #resume(element: Incarnation, since: number): void {
    const { queue, numbers } = this.world;
    const echo = this.#echo();
    const result = echo ? element.states.resume(this.#session, echo) : null;
    if (echo) {
      numbers.echoes++;
      numbers.echo_bytes += echo.length;
      numbers.state_bytes_on_wire += cookieOnWire(echo.length);
    }
    if (result && !result.resumed) numbers.refused++;
    const from = result?.resumed ? Math.min(result.state.position / frameSamples, this.#length) : 0;
    if (!result?.resumed) this.#newSession();
    numbers.heard_twice_s += Math.max(0, this.#heard - from) * frameSeconds;
    numbers.missed_s += Math.max(0, from - this.#heard) * frameSeconds;
    numbers.silent_s += queue.now - since;
    this.#play(element, from);
  }

  #echo(): Buffer | null {
    const { damage } = this.world.options;
    const own = this.#state.echo();
    if (!own || !damage) return own;
    this.world.numbers.damaged++;
    const neighbour = this.world.listeners[(this.index + 1) % this.world.listeners.length]!;
    return damaged(damage, { own, first: this.#firstEcho!, other: neighbour.#state.echo() }, this.#random);
  }

  #complete(): void {
    this.world.numbers.requests++;
    this.begin();
  }
}

const nextFrame = ({ beganAt, from }: Stream, now: number): number => from + Math.floor((now - beganAt) / frameSeconds);
