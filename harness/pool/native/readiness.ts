/**
 * Tells when sockets can be read or written. Node.js watches none that it did not make itself, so one call of the
 * kernel waits for all of them, in a thread of Node.js's own: nobody looks in vain.
 */
import { call, errors, failure, lastError, memory } from './libc.js';

const [add, remove, modify] = [1, 2, 3];
/** EPOLLIN, EPOLLOUT, EPOLLERR and EPOLLHUP. */
const bits = { readable: 0x1, writable: 0x4, failed: 0x8 | 0x10 };
/** struct epoll_event is packed on this processor, and on no other. */
const { size, dataAt } = process.arch === 'x64' ? { size: 12, dataAt: 4 } : { size: 16, dataAt: 8 };
const mostAtOnce = 64;

export interface Watcher {
  /** Something to read, or an error. */
  readable(): void;
  /** Room to write; only while {@link Readiness.awaitRoom} asks for it. */
  writable(): void;
}

export class Readiness {
  readonly #epoll = call.epollCreate(0x80000);
  /** Wakes the thread at the end, which Node.js waits for. */
  readonly #wake = call.eventfd(0, 0x80800);
  readonly #watchers = new Map<number, Watcher>();
  readonly #events = memory(size * mostAtOnce);
  #waiting = false;
  #over = false;

  constructor() {
    if (this.#epoll < 0 || this.#wake < 0) throw failure('epoll');
    this.#control(add, this.#wake, bits.readable);
    process.once('exit', () => this.close());
  }

  watch(socket: number, watcher: Watcher): void {
    this.#control(add, socket, bits.readable);
    this.#watchers.set(socket, watcher);
    this.#wait();
  }

  /** Whether the watcher is told of room to write as well. */
  awaitRoom(socket: number, wanted: boolean): void {
    this.#control(modify, socket, bits.readable | (wanted ? bits.writable : 0));
  }

  /** Before the socket is closed. */
  forget(socket: number): void {
    if (!this.#watchers.delete(socket)) return;
    this.#control(remove, socket, 0);
    if (this.#watchers.size === 0) this.#rouse();
  }

  close(): void {
    this.#over = true;
    this.#rouse();
  }

  #rouse(): void {
    const one = Buffer.alloc(8);
    one.writeBigUInt64LE(1n);
    call.write(this.#wake, one, one.length);
  }

  #wait(): void {
    if (this.#waiting || this.#over) return;
    this.#waiting = true;
    call.epollWait.async(this.#epoll, this.#events, mostAtOnce, -1, (error: unknown, count: number) => {
      this.#waiting = false;
      if (error) throw error;
      this.#tell(count);
      if (this.#watchers.size > 0) this.#wait();
    });
  }

  #tell(count: number): void {
    // What a watcher does may have the next one forgotten, or its number given to another socket.
    const seen = Array.from({ length: Math.max(0, count) }, (_, at) => {
      const socket = this.#events.readInt32LE(size * at + dataAt);
      return { bits: this.#events.readUInt32LE(size * at), socket, watcher: this.#watchers.get(socket) };
    });
    for (const { bits: said, socket, watcher } of seen) {
      if (socket === this.#wake) this.#drain();
      const isCurrent = () => watcher !== undefined && this.#watchers.get(socket) === watcher;
      if (isCurrent() && (said & bits.writable) !== 0) watcher!.writable();
      if (isCurrent() && (said & (bits.readable | bits.failed)) !== 0) watcher!.readable();
    }
  }

  #drain(): void {
    if (!this.#over) call.readEvent(this.#wake, Buffer.alloc(8), 8);
  }

  #control(operation: number, socket: number, wanted: number): void {
    const event = Buffer.alloc(size);
    event.writeUInt32LE(wanted, 0);
    event.writeInt32LE(socket, dataAt);
    if (call.epollControl(this.#epoll, operation, socket, event) < 0 && lastError() !== errors.noEntry)
      throw failure('epoll_ctl');
  }
}
