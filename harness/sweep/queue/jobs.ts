/** What lies in the queue, under which names. */
import { prefix } from './address.js';

/** A chunk as it waits for a worker. */
export interface ChunkJob {
  readonly sweep: string;
  readonly chunk: string;
  /** Packed: whoever carries it need not read it. */
  readonly work: string;
  /** Workers where a run of it came to nothing: others try it first. */
  readonly avoid: readonly string[];
}

/** A sweep that is wanted: work of others is dropped. */
export const leaseKey = (sweep: string): string => `${prefix}:sweep:${sweep}`;
export const leaseSeconds = 30;

/** What workers say of a sweep's chunks. */
export const newsKey = (sweep: string): string => `${prefix}:news:${sweep}`;
/** For which news of a sweep that nobody reads are kept, seconds. */
export const newsSeconds = 600;

/** Times that a chunk's worker may vanish before somebody else has a closer look. */
export const maxStalled = 5;
