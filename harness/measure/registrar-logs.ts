import { stampedLines } from './logs.js';

/** What a registrar's log (level 4) says of its peers and of itself; `at` in epoch seconds. */
export interface RegistrarWord {
  readonly at: number;
  /**
   * `misses`: it has not heard of the peer for MAX-TIME-LAST-HEARD; `begins`: it wants to take it over; `takenOver`: it
   * has; `expired`: it gave that up, for it was not settled in time; `ready`: it serves, having learned the handlespace
   * from a mentor or, as `readyAlone`, found none in time.
   */
  readonly says: 'misses' | 'begins' | 'takenOver' | 'expired' | 'ready' | 'readyAlone';
  /** Identifier of the peer; null where there is none. */
  readonly peer: string | null;
}

const sentences: readonly [RegistrarWord['says'], RegExp][] = [
  ['misses', /Peer \$([0-9a-f]{8})/],
  ['begins', /Initiating takeover of dead peer \$([0-9a-f]{8})/],
  ['takenOver', /Takeover of peer \$([0-9a-f]{8}) completed/],
  ['expired', /Takeover of peer \$([0-9a-f]{8}) has expired/],
  ['ready', /after obtaining handlespace from mentor server\. The registrar is ready!/],
  ['readyAlone', /after ENRP mentor discovery timeout\. The registrar is ready!/],
];

/** @param epoch about when it was written, in epoch seconds, to tell the lab's time zone */
export function parseRegistrarLog(text: string, epoch: number): RegistrarWord[] {
  const words: RegistrarWord[] = [];
  // A peer is described over two lines, and only the second says why.
  let described: RegistrarWord | null = null;
  for (const { line, at } of stampedLines(text, epoch)) {
    // RSPLIB's own spelling.
    if (described && line.includes('not head since MaxTimeLastHeard')) words.push(described);
    if (at === null) continue;
    described = null;
    const found = sentences.find(([, sentence]) => sentence.test(line));
    if (!found) continue;
    const [says, sentence] = found;
    const hex = sentence.exec(line)?.[1];
    const word = { at, says, peer: hex === undefined ? null : `0x${hex}` };
    if (says === 'misses') described = word;
    else words.push(word);
  }
  return words;
}
