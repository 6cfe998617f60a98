/** What the thread of a simulated run does: started by `apart.ts`, never imported. */
import { realClock } from '../base/clock.js';
import { heapInUse, type Outside, serve } from '../base/thread.js';
import type { JournalEvent } from '../result/journal.js';
import { momentsOf } from '../sim/moments.js';
import type { ApartInput, ApartOutput } from './apart.js';
import { finish } from './run.js';
import { simSubject } from './sim-subject.js';

/** Of the thread's memory: what is made of the rows in the end needs its share, too. */
const heapMost = 0.5;
/** Seconds between two words about how far it is. */
const tellEvery = 0.2;

serve(async ({ plan, folder, session, about }: ApartInput, outside): Promise<ApartOutput> => {
  const events: JournalEvent[] = [];
  const outcome = await simSubject.perform(plan, {
    ...{ folder, session, clock: realClock, signal: new AbortController().signal },
    onEvent: (event) => events.push(event),
    watch: watchFor(momentsOf(plan).endAt, outside),
  });
  return { finished: finish(plan, folder, outcome, about), events };
});

function watchFor(end: number, { isStopping, tell }: Outside) {
  let told = realClock.now();
  return (now: number): string | null => {
    if (realClock.now() - told > tellEvery) {
      told = realClock.now();
      tell(now / end);
    }
    const at = `at ${now.toFixed(1)} s of ${end.toFixed(1)} s of simulated time`;
    if (isStopping()) return `the simulation was ended ${at}`;
    return heapInUse() < heapMost ? null : `the simulation had used its memory up ${at}`;
  };
}
