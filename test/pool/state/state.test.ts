/** What cookies are for: a session goes on elsewhere, and only as an element of its pool has left it. */
import { describe, expect, it } from 'vitest';
import { ElementStates } from '../../../harness/pool/state/element.js';
import { keyLength, poolKeys } from '../../../harness/pool/state/keys.js';
import { bytes, stateSchema, text, unsigned } from '../../../harness/pool/state/schema.js';
import { UserState } from '../../../harness/pool/state/user.js';
import { audio, element, key, Now, state, user } from './sessions.js';

const session = 'alice/1';
const refused = (reason: string) => ({ resumed: false, reason });

describe('a session', () => {
  it('goes on at another element from a full cookie', () => {
    const [first, second, listener] = [element(), element(), user()];
    expect(listener.take(first.checkpoint(session, state({ position: 50 }))!)).toBe('full');
    expect(second.resume(session, listener.echo()!)).toEqual({
      ...{ resumed: true, counter: 1 },
      state: state({ position: 50 }),
    });
  });

  it('goes on from a full and a partial cookie, which says what changed since the full one', () => {
    const [first, second, listener] = [element(), element(), user()];
    const full = first.checkpoint(session, state())!;
    const lost = first.checkpoint(session, state({ volume: 8 }))!;
    const partial = first.checkpoint(session, state({ volume: 9 }))!;
    expect([listener.take(full), listener.take(partial)]).toEqual(['full', 'partial']);
    expect(partial.length).toBe(lost.length);
    expect(partial.length).toBeLessThan(full.length);
    expect(second.resume(session, listener.echo()!)).toMatchObject({ counter: 3, state: state({ volume: 9 }) });
  });

  it('goes on from what the user derived, and no cookie is made for that', () => {
    const [first, second, listener] = [element(), element(), user()];
    listener.take(first.checkpoint(session, state())!);
    expect(first.checkpoint(session, state({ position: 99 }))).toBeNull();
    listener.hear({ position: 98 });
    listener.hear({ position: 99 });
    expect(second.resume(session, listener.echo()!)).toMatchObject({ state: state({ position: 99 }) });
  });

  it('is told everything in full cookies when state is not split, and nothing when nothing changed', () => {
    const first = element({ splitting: false, derivation: false });
    const full = first.checkpoint(session, state())!;
    expect(first.checkpoint(session, state())).toBeNull();
    expect(first.checkpoint(session, state({ position: 1 }))!.length).toBe(full.length);
  });

  it('gets a full cookie when a long-term part changes, and when the last one has reached half its age', () => {
    const clock = new Now();
    const [first, listener] = [element({ clock, maximumAge: 100 }), user()];
    listener.take(first.checkpoint(session, state())!);
    listener.hear({ position: 5 });
    expect(listener.take(first.checkpoint(session, state({ title: 'Another' }))!)).toBe('full');
    expect(listener.read()).toEqual({ title: 'Another', position: 0 });
    clock.time += 51;
    expect(listener.take(first.checkpoint(session, state({ title: 'Another' }))!)).toBe('full');
  });

  it('goes on at a third element by partial cookies to the first one’s full cookie', () => {
    const [first, second, third, listener] = [element(), element(), element(), user()];
    listener.take(first.checkpoint(session, state())!);
    second.resume(session, listener.echo()!);
    expect(listener.take(second.checkpoint(session, state({ volume: 1 }))!)).toBe('partial');
    expect(third.resume(session, listener.echo()!)).toMatchObject({ counter: 2, state: state({ volume: 1 }) });
  });
});

describe('a user', () => {
  it('reads public and immutable parts, and nothing private', () => {
    const listener = user();
    const cookie = element().checkpoint(session, state())!;
    listener.take(cookie);
    expect(listener.read()).toEqual({ title: 'Für Elise', position: 0 });
    expect(cookie.includes('Für Elise')).toBe(true);
    expect(cookie.includes('alice')).toBe(false);
  });

  it('may write public parts only, of which the element takes what is possible', () => {
    const listener = user();
    listener.take(element().checkpoint(session, state({ position: 10 }))!);
    expect(() => listener.write('title', 'Another')).toThrow(
      'state audio.title: expected a public part, got immutable',
    );
    listener.write('position', 5000);
    const limits = {
      position: ({ value, attested }: { value: number; attested: { position: number } }) =>
        Math.min(Math.max(value, attested.position), 1000),
    };
    expect(element({ limits }).resume(session, listener.echo()!)).toMatchObject({ state: { position: 1000 } });
    listener.write('position', 3);
    expect(element({ limits }).resume(session, listener.echo()!)).toMatchObject({ state: { position: 10 } });
  });

  it('ignores what is no cookie, and partial cookies without their full one', () => {
    const [first, listener] = [element(), user()];
    first.checkpoint(session, state());
    expect(listener.take(first.checkpoint(session, state({ volume: 1 }))!)).toBe('ignored');
    expect(listener.take(Buffer.from('no cookie'))).toBe('ignored');
    expect([listener.ignored, listener.echo()]).toEqual([2, null]);
  });
});

describe('an echo is refused, and counted', () => {
  const echoOf = (from = element()) => {
    const listener = user();
    listener.take(from.checkpoint(session, state())!);
    return listener.echo()!;
  };

  it.each([
    ['another session', 'alice/2', element(), 'foreign'],
    ['another pool', session, element({ pool: 'VideoPool' }), 'foreign'],
    ['another key', session, element({ keys: poolKeys([key(2)]) }), 'unknownKey'],
    ['the same key identifier with another secret', session, element({ keys: poolKeys([key(1, 9)]) }), 'tampered'],
    ['a later time', session, element({ clock: new Now(1_800_003_601) }), 'expired'],
    ['an earlier time', session, element({ clock: new Now(1_799_999_939) }), 'expired'],
  ])('from %s', (_, name, second, reason) => {
    expect(second.resume(name, echoOf())).toEqual(refused(reason));
    expect(second.refusals).toMatchObject({ [reason]: 1 });
  });

  it('with another schema', () => {
    const other = stateSchema('audio', { title: text({ lifetime: 'longTerm', access: 'immutable' }) });
    const common = { pool: 'AudioPool', keys: poolKeys([key(1)]), clock: new Now() };
    const second = new ElementStates({ schema: other, ...common });
    expect(second.resume(session, echoOf())).toEqual(refused('schema'));
  });

  it('that takes the session back further than the element allows', () => {
    const [first, listener] = [element({ rollback: 1 }), user()];
    const echoes = [1, 2, 3].map((volume) => {
      listener.take(first.checkpoint(session, state({ volume }))!);
      return listener.echo()!;
    });
    expect(first.resume(session, echoes[0]!)).toEqual(refused('rolledBack'));
    expect(first.resume(session, echoes[1]!)).toMatchObject({ state: { volume: 2 } });
    // An element that never saw the session has nothing to compare with.
    expect(element().resume(session, echoes[0]!)).toMatchObject({ state: { volume: 1 } });
  });

  it('whose partial cookie goes with another full one', () => {
    const first = element();
    const full = first.checkpoint(session, state())!;
    const another = first.checkpoint(session, state({ title: 'Another' }))!;
    const partial = first.checkpoint(session, state({ title: 'Another', volume: 1 }))!;
    expect([full, another].map((it) => element().resume(session, join(it, partial)))).toMatchObject([
      refused('unmatched'),
      { resumed: true, state: { title: 'Another', volume: 1 } },
    ]);
  });
});

/** As an echo lays them side by side; lengths below 128 are one byte, below 16384 two. */
const join = (full: Buffer, partial: Buffer) => Buffer.concat([lengthOf(full), full, lengthOf(partial), partial]);
const lengthOf = ({ length }: Buffer) =>
  length < 128 ? Buffer.of(length) : Buffer.of(128 + (length % 128), length >> 7);

describe('keys', () => {
  it('are rotated: a new one seals, and the old one opens until it is left out', () => {
    const listener = user();
    listener.take(element({ keys: poolKeys([key(1)]) }).checkpoint(session, state())!);
    const between = element({ keys: poolKeys([key(2), key(1)]) });
    expect(between.resume(session, listener.echo()!)).toMatchObject({ resumed: true });
    listener.take(between.checkpoint(session, state({ title: 'Another' }))!);
    expect(element({ keys: poolKeys([key(2)]) }).resume(session, listener.echo()!)).toMatchObject({ resumed: true });
  });

  it.each([
    [[], 'pool keys: expected at least one key, got none'],
    [[{ identifier: 1, secret: Buffer.alloc(16) }], `pool key 1: expected ${keyLength} bytes, got 16`],
    [[key(70_000)], 'pool keys: expected identifiers from 0 to 65535, got 70000'],
    [[key(1), key(1)], 'pool keys: expected different identifiers, got 1 twice'],
  ])('of the wrong kind are refused in one sentence', (keys, message) => {
    expect(() => poolKeys(keys)).toThrow(message);
  });
});

describe('a schema', () => {
  it.each([
    [{}, 'state s: expected 1 to 255 parts, got 0'],
    [
      { p: unsigned({ lifetime: 'shortTerm', access: 'private', derived: true }) },
      'state s.p: expected a derived part to be shortTerm and public, got shortTerm, private',
    ],
  ])('that makes no sense is refused', (parts, message) => {
    expect(() => stateSchema('s', parts)).toThrow(message);
  });

  it.each([
    [{ position: -1 }, 'state audio.position: expected a whole number from 0 to 2^53 − 1, got -1'],
    [{ title: '\ud800' }, 'state audio.title: expected text'],
    [{ credentials: 'x' as unknown as Buffer }, 'state audio.credentials: expected a Buffer, got "x"'],
    [{ volume: undefined as unknown as number }, 'state audio.volume: expected a value, got nothing'],
    [{ credentials: Buffer.alloc(65_536) }, 'state audio: expected a cookie of at most 65531 bytes, got 65'],
  ])('says what a state should be: %j', (changes, message) => {
    expect(() => element().checkpoint(session, state(changes))).toThrow(message);
  });

  it('says what may be derived', () => {
    expect(() => new UserState({ schema: audio, derive: { title: () => 'x' } })).toThrow(
      'state audio.title: expected a part that is derived',
    );
  });
});

it('a session without private parts is signed only, and its cookies are smaller', () => {
  const plain = stateSchema('plain', { title: text({ lifetime: 'longTerm', access: 'immutable' }) });
  const secret = stateSchema('plain', { title: bytes({ lifetime: 'longTerm', access: 'private' }) });
  const common = { pool: 'P', keys: poolKeys([key(1)]), clock: new Now() };
  const signed = new ElementStates({ schema: plain, ...common }).checkpoint('s', { title: 'abc' })!;
  const encrypted = new ElementStates({ schema: secret, ...common }).checkpoint('s', { title: Buffer.from('abc') })!;
  // The nonce.
  expect(encrypted.length - signed.length).toBe(12);
});
