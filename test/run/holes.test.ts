import { describe, expect, it } from 'vitest';
import type { RequestRow } from '../../harness/result/rows.js';
import { tooManyHoles } from '../../harness/run/holes.js';

const window = { from: 10, to: 110 };
const row = (id: number, uncertain: string | null) =>
  ({ user: 'pu1', id, queuedAt: 20, completedAt: 30, uncertain }) as RequestRow;
const requests = (uncertain: number, of: number) =>
  Array.from({ length: of }, (_, index) => row(index + 1, index < uncertain ? 'a hole' : null));
const holes = (silentSeconds: number) => ({ sentences: ['a hole'], silentSeconds });

describe('a run with holes', () => {
  it('is still judged when they touch at most one request of twenty', () => {
    expect(tooManyHoles({ requests: requests(1, 20), window, holes: holes(5) })).toEqual([]);
  });

  it('is unknown when they touch more, and says how many', () => {
    expect(tooManyHoles({ requests: requests(2, 20), window, holes: holes(0) })).toEqual([
      'of 2 of 20 requests not all was seen, because the capture has holes (10.0 %, tolerable: 5 %)',
    ]);
  });

  it('is unknown when it was not listened to for more than a twentieth of its time', () => {
    expect(tooManyHoles({ requests: [], window, holes: holes(6) })).toEqual([
      'nothing was captured for 6.0 of 100.0 s (6.0 %, tolerable: 5 %)',
    ]);
  });

  it('has none when everything was seen', () => {
    expect(tooManyHoles({ requests: requests(0, 20), window, holes: null })).toEqual([]);
  });
});
