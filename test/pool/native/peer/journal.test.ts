import { expect, it } from 'vitest';
import { readEvents } from '../../../../harness/pool/native/peer/journal.js';

it('reads whole lines of events, and leaves out what is none', () => {
  const lines = [
    '{"at":1,"event":"accepted","request":3}',
    'TypeError: these are last words',
    '{"at":2,"event":"jobs","runn',
    '{no event}',
    '{"at":3,"event":"jobs","running":0}',
    '',
  ].join('\n');
  expect(readEvents(lines)).toEqual([
    { at: 1, event: 'accepted', request: 3 },
    { at: 3, event: 'jobs', running: 0 },
  ]);
});
