/** Audio on demand, the paper's example (section 5.2.2), with elements and users to test with. */

import { ElementStates } from '../../../harness/pool/state/element.js';
import { type PoolKey, poolKeys } from '../../../harness/pool/state/keys.js';
import { bytes, type Schema, type StateOf, stateSchema, text, unsigned } from '../../../harness/pool/state/schema.js';
import { UserState } from '../../../harness/pool/state/user.js';

export const audio = stateSchema('audio', {
  credentials: bytes({ lifetime: 'longTerm', access: 'private' }),
  title: text({ lifetime: 'longTerm', access: 'immutable' }),
  volume: unsigned({ lifetime: 'shortTerm', access: 'private' }),
  position: unsigned({ lifetime: 'shortTerm', access: 'public', derived: true }),
});
export type AudioParts = typeof audio extends Schema<infer P> ? P : never;
export type Audio = StateOf<AudioParts>;

export const state = (changes: Partial<Audio> = {}): Audio => ({
  ...{ credentials: Buffer.from('alice:secret'), title: 'Für Elise', volume: 7, position: 0 },
  ...changes,
});

export const key = (identifier: number, fill = identifier): PoolKey => ({ identifier, secret: Buffer.alloc(32, fill) });

export class Now {
  constructor(public time = 1_800_000_000) {}
  now = (): number => this.time;
}

type Options = Partial<ConstructorParameters<typeof ElementStates<AudioParts>>[0]>;

export const element = (options: Options = {}): ElementStates<AudioParts> =>
  new ElementStates({ schema: audio, pool: 'AudioPool', keys: poolKeys([key(1)]), clock: new Now(), ...options });

export interface Frame {
  readonly position: number;
}

export const user = (): UserState<AudioParts, Frame> =>
  new UserState<AudioParts, Frame>({ schema: audio, derive: { position: ({ position }) => position } });
