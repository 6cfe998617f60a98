/** Why a state cookie is not believed. The request is then done anew. */
export const refusalReasons = [
  /** Cut short, too long, or no cookie at all. */
  'malformed',
  /** Of a version of the format that is not known here. */
  'version',
  /** Of another schema: the pool runs two releases of its application. */
  'schema',
  /** Sealed with a key that the pool has no more, or never had. */
  'unknownKey',
  /** Of another session or pool. */
  'foreign',
  /** Its bytes are not those that were sealed. */
  'tampered',
  /** A partial cookie that does not belong to the full one beside it. */
  'unmatched',
  /** Older than the element allows, or from the future. */
  'expired',
  /** An earlier state than the session is known to have reached. */
  'rolledBack',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** Thrown within this folder only: the outside gets a reason, never an exception, whatever a user sends. */
export class Refusal extends Error {
  constructor(readonly reason: RefusalReason) {
    super(reason);
  }
}
