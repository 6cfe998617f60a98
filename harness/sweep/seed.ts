import { createHash } from 'node:crypto';

/**
 * The seed of a replication, derived by name from the sweep's: the first 48 bits of the SHA-256 of
 * `SEED/replication/NUMBER`. It is the same at every point, and so are the request streams that grow from it (common
 * random numbers): differences between points are differences of the points.
 * @param replication counts from 1
 */
export const replicationSeed = (seed: number, replication: number): number =>
  createHash('sha256').update(`${seed}/replication/${replication}`).digest().readUIntBE(0, 6);

/**
 * The seed of a run that shares nothing with those at other points, so that all runs of a table are independent: as
 * above, of `SEED/point POINT/replication NUMBER`.
 * @param point by its words, so that it stays the same when others join the grid
 */
export const ownSeed = (seed: number, point: string, replication: number): number =>
  createHash('sha256').update(`${seed}/point ${point}/replication/${replication}`).digest().readUIntBE(0, 6);
