/** A part of a sweep that is the same whoever asks: several machines that know nothing of each other do one each. */
import { badInput } from '../base/errors.js';
import type { Task } from './executor.js';

export interface Shard {
  /** Counts from 1. */
  readonly number: number;
  readonly of: number;
}

/** Shards that a sweep may have: as many as the job arrays of large clusters. */
const most = 100_000;

/**
 * Of `2/8`.
 * @throws HarnessError `bad-input`
 */
export function shardFrom(text: string): Shard {
  const [, number, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { number: Number(number), of: Number(of) };
  if (!(shard.number >= 1 && shard.number <= shard.of && shard.of <= most))
    throw badInput(`--shard: expected i/n with i from 1 to n, and n at most ${most}, such as 2/8, got '${text}'`);
  return shard;
}

/**
 * Every n-th run, points first: when n is a multiple of the replications, or they of n, a shard has the same
 * replications of all points or points as a whole.
 */
export const isIn = ({ number, of }: Shard, { point, replication }: Task, replications: number): boolean =>
  (point.index * replications + replication - 1) % of === number - 1;

/** The name of a shard's folder: the same command goes on where it was, as jobs that are started again have to. */
export const shardName = ({ number, of }: Shard): string =>
  `shard-${String(number).padStart(String(of).length, '0')}-of-${of}`;
