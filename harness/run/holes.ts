/** How much of a run may be hidden from its witnesses before it says nothing about the subject. */
import type { Outcome } from './outcome.js';
import { requestsInWindow } from './summarise.js';

/** Percent of the requests, and of the time. */
export const tolerableHoles = 5;

/** @returns a sentence for each way in which too little was seen */
export function tooManyHoles(outcome: Pick<Outcome, 'requests' | 'window' | 'holes'>): string[] {
  const { holes, window } = outcome;
  if (!holes || !window) return [];
  const requests = requestsInWindow(outcome);
  const uncertain = requests.filter((row) => row.uncertain != null).length;
  const over = (part: number, whole: number, what: string) => {
    const percent = whole > 0 ? (100 * part) / whole : 0;
    return percent > tolerableHoles ? [`${what} (${percent.toFixed(1)} %, tolerable: ${tolerableHoles} %)`] : [];
  };
  const length = window.to - window.from;
  return [
    ...over(
      uncertain,
      requests.length,
      `of ${uncertain} of ${requests.length} requests not all was seen, because the capture has holes`,
    ),
    ...over(
      holes.silentSeconds,
      length,
      `nothing was captured for ${holes.silentSeconds.toFixed(1)} of ${length.toFixed(1)} s`,
    ),
  ];
}
