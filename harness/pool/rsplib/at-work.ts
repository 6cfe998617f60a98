/** Who has something to do with a request at this moment, by what RSPLIB's logs said last. */

/** Whether an element has accepted the user's request, and neither completed it nor been given up. */
export function isServed(userLines: string, before: boolean): boolean {
  const turns = [...userLines.matchAll(/^(?:Job #\d+ (accepted|completed)|Timeout -> Failover|--- FAILOVER ---)/gm)];
  const last = turns.at(-1);
  return last ? last[1] === 'accepted' : before;
}

/** Whether the element works on a request; a completion may be on its way for long after that. */
export function isWorking(elementLines: string, before: boolean): boolean {
  const counts = [...elementLines.matchAll(/^ *Job (?:added|removed) \((\d+) /gm)];
  const last = counts.at(-1);
  return last ? Number(last[1]) > 0 : before;
}
