import { createHash } from 'node:crypto';

/**
 * The seed of a replication, derived by name from the sweep's: the first 48 bits of the SHA-256 of
 * `SEED/replication/NUMBER`. It is the same at every point, and so are the request streams that grow from it (common
 * random numbers): differences between points are differences of the points.
 * @param replication counts from 1
 */
export const replicationSeed = (seed: number, replication: number): number =>
  createHash('sha256').update(`${seed}/replication/${replication}`).digest().readUIntBE(0, 6);
