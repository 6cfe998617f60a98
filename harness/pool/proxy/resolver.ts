/** Where a proxy gets the elements of a pool from: ASAP, or a list. */

export interface ResolvedElement {
  /** As it is registered: 32 bits. */
  readonly identifier: number;
  readonly address: string;
  /** Of TCP. */
  readonly port: number;
}

export interface Resolver {
  /** The elements of a pool, in the order in which its policy wants them to be tried; none when it has none. */
  resolve(pool: string): Promise<readonly ResolvedElement[]>;
  /** A failure report (RFC 5352, section 2.2.9). */
  report(pool: string, element: ResolvedElement): void;
}

/** Always the same elements, each first in turn; failure reports change nothing. */
export function listResolver(elements: readonly ResolvedElement[]): Resolver {
  let turn = 0;
  return {
    async resolve() {
      const at = turn++ % Math.max(1, elements.length);
      return [...elements.slice(at), ...elements.slice(0, at)];
    },
    report() {},
  };
}
