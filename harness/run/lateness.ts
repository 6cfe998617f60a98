import type { Clock } from '../base/clock.js';
import { formatDuration } from '../base/units.js';
import { watchTimers } from '../calibrate/timers.js';

/**
 * Seconds. A tenth of the shortest keep-alive that experiments use: beyond it the lab's own delay shows in the results.
 */
const tolerableLateness = 0.1;

/**
 * Watches whether timers fire when they should: a lab that cannot keep its own time cannot measure that of others.
 * Stops by itself with the signal.
 */
export function watchLateness(clock: Clock, signal: AbortSignal): { troubles(): string[] } {
  const stop = watchTimers(clock, signal);
  return {
    troubles() {
      const late = [...stop()].sort((a, b) => a - b);
      const p99 = late[Math.ceil(late.length * 0.99) - 1] ?? 0;
      if (p99 <= tolerableLateness) return [];
      const tolerable = `(tolerable: ${formatDuration(tolerableLateness)})`;
      return [`the lab was overloaded: 1 in 100 timers was more than ${formatDuration(p99)} late ${tolerable}`];
    },
  };
}
