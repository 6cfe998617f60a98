/** Whatever a state is, it comes back; whatever is done to its cookies, only what was sealed is believed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unsignedBytes, unsignedOf } from '../../../harness/pool/state/bytes.js';
import { ElementStates } from '../../../harness/pool/state/element.js';
import { poolKeys } from '../../../harness/pool/state/keys.js';
import { bytes, type Part, stateSchema, text, unsigned } from '../../../harness/pool/state/schema.js';
import { UserState } from '../../../harness/pool/state/user.js';
import { element, key, Now, state, user } from './sessions.js';

const values = {
  bytes: fc.uint8Array({ maxLength: 300 }).map((it) => Buffer.from(it)),
  text: fc.string({ unit: 'grapheme', maxLength: 40 }),
  unsigned: fc.maxSafeNat(),
};
const part: fc.Arbitrary<Part> = fc
  .tuple(
    fc.constantFrom(bytes, text, unsigned),
    fc.constantFrom('longTerm' as const, 'shortTerm' as const),
    fc.constantFrom('public' as const, 'immutable' as const, 'private' as const),
  )
  .map(([make, lifetime, access]) => make({ lifetime, access }));
const schemaAndStates = fc
  .dictionary(fc.string({ minLength: 1, maxLength: 8 }), part, { minKeys: 1 })
  .chain((parts) => {
    const one = fc.record(Object.fromEntries(Object.entries(parts).map(([name, { kind }]) => [name, values[kind]])));
    return fc.tuple(fc.constant(stateSchema('any', parts)), fc.array(one, { minLength: 1, maxLength: 5 }));
  });

describe('any state of any schema', () => {
  it.each([true, false])('comes back as it last was, split: %s', (splitting) => {
    fc.assert(
      fc.property(schemaAndStates, fc.string(), fc.string(), ([schema, states], pool, session) => {
        const options = { schema, pool, keys: poolKeys([key(1)]), clock: new Now(), splitting };
        const [first, second] = [new ElementStates(options), new ElementStates(options)];
        const listener = new UserState({ schema });
        for (const each of states) {
          const cookie = first.checkpoint(session, each as never);
          if (cookie) expect(listener.take(cookie)).not.toBe('ignored');
        }
        expect(second.resume(session, listener.echo()!)).toMatchObject({ resumed: true, state: states.at(-1) });
      }),
    );
  });
});

/** A full cookie, a partial one and a derived position. */
function echoOf(): { echo: Buffer; own: number } {
  const [first, listener] = [element(), user()];
  listener.take(first.checkpoint('s', state())!);
  listener.take(first.checkpoint('s', state({ volume: 1 }))!);
  const without = listener.echo()!.length;
  listener.hear({ position: 1000 });
  return { echo: listener.echo()!, own: listener.echo()!.length - without };
}

const believed = state({ volume: 1, position: 1000 });

describe('an echo', () => {
  const { echo, own } = echoOf();
  const sealed = echo.length - own;

  it('is believed as it is', () => {
    expect(element().resume('s', echo)).toEqual({ resumed: true, counter: 2, state: believed });
  });

  it('with any bit of its cookies changed is refused', () => {
    for (let bit = 0; bit < 8 * sealed; bit++) {
      const changed = Buffer.from(echo);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(element().resume('s', changed).resumed, `bit ${bit}`).toBe(false);
    }
  });

  it('cut short anywhere in its cookies is refused', () => {
    // Cut after the full cookie and its partial one's length, or after both, it is shorter and whole.
    const whole = new Set([sealed]);
    for (let length = 0; length < echo.length; length++)
      if (!whole.has(length)) expect(element().resume('s', echo.subarray(0, length)).resumed, `${length}`).toBe(false);
  });

  it('with anything else in what the user fills in changes public parts only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (more) => {
        const result = element().resume('s', Buffer.concat([echo.subarray(0, sealed), more]));
        if (result.resumed) expect({ ...result.state, position: 1000 }).toEqual(believed);
        else expect(result.reason).toBe('malformed');
      }),
    );
  });

  it('of random bytes is refused, never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (random) => {
        expect(element().resume('s', Buffer.from(random)).resumed).toBe(false);
      }),
    );
  });

  it('put together from pieces of others is refused, or is one of them', () => {
    const other = element();
    const listener = user();
    listener.take(other.checkpoint('other', state({ title: 'Other' }))!);
    const foreign = listener.echo()!;
    fc.assert(
      fc.property(fc.nat(sealed), fc.nat(foreign.length), (from, to) => {
        const mixed = Buffer.concat([echo.subarray(0, from), foreign.subarray(to)]);
        const result = element().resume('s', mixed);
        if (result.resumed) expect({ ...result.state, position: 1000 }).toEqual(believed);
      }),
    );
  });
});

it('a user takes any bytes without an exception', () => {
  const listener = user();
  const cookie = element().checkpoint('s', state())!;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(cookie.length), (random, length) => {
      listener.take(Buffer.from(random));
      listener.take(Buffer.concat([cookie.subarray(0, length), random]));
      listener.read();
      listener.echo();
    }),
  );
});

it('numbers have one form', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      expect(unsignedOf(unsignedBytes(value))).toBe(value);
    }),
  );
  for (const wrong of [[], [0x80], [0x80, 0], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], [1, 1]])
    expect(() => unsignedOf(Buffer.from(wrong))).toThrow('malformed');
});
