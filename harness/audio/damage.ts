/** What may become of an echo before an element sees it. */
import type { Random } from '../base/random.js';

export type Damage = 'tampered' | 'truncated' | 'replayed' | 'foreign';

export interface Echoes {
  /** The right one. */
  readonly own: Buffer;
  /** The first one that this session could have sent. */
  readonly first: Buffer;
  /** Of another session; null when there is none. */
  readonly other: Buffer | null;
}

export function damaged(damage: Damage, { own, first, other }: Echoes, random: Random): Buffer {
  switch (damage) {
    case 'tampered': {
      const bytes = Buffer.from(own);
      // Of what the elements have sealed: the user may fill in public parts as it likes.
      bytes[random.below(first.length)]! ^= 1 << random.below(8);
      return bytes;
    }
    case 'truncated':
      return own.subarray(0, random.below(first.length - 1));
    case 'replayed':
      return first;
    case 'foreign':
      return other ?? Buffer.alloc(0);
  }
}
