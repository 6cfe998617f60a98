/**
 * How often one association may send something about one subject: a message that follows the one before it, refused or
 * not, sooner than the limit allows is refused.
 */
export class RateLimit {
  readonly #last = new Map<number, Map<string, number>>();

  /** @param perSecond null for no limit */
  constructor(private readonly perSecond: number | null) {}

  permits(association: number, subject: string, now: number): boolean {
    if (this.perSecond === null) return true;
    const heard = this.#last.get(association) ?? new Map<string, number>();
    this.#last.set(association, heard);
    const before = heard.get(subject) ?? Number.NEGATIVE_INFINITY;
    heard.set(subject, now);
    return now - before >= 1 / this.perSecond;
  }

  forget(association: number): void {
    this.#last.delete(association);
  }
}
