import { type Judge, passIf, unknown } from './verdict.js';

export const noRequestLost: Judge<'noRequestLost'> = (_, { numbers: { requests } }) => {
  if (requests.queued === 0) return unknown('there was no request');
  const detail = `${requests.lost} of ${requests.queued} requests lost`;
  if (requests.lost === 0 && requests.unknown)
    return unknown(`${detail}, but of ${requests.unknown} it is not known, because the capture has holes`);
  return passIf(requests.lost === 0, detail);
};

export const noDuplicateCompletion: Judge<'noDuplicateCompletion'> = (_, { numbers, outcome }) => {
  const completed = outcome.requests.filter(({ state }) => state === 'completed');
  if (completed.length === 0) return unknown('no request was completed');
  // A simulation has no capture; its rows are all there is.
  if (!outcome.wire && numbers.clock !== 'simulated') return unknown('there is no capture that shows completions');
  if (!outcome.wire) {
    const distinct = new Set(completed.map(({ user, id }) => `${user}/${id}`)).size;
    return passIf(
      distinct === completed.length,
      `${completed.length - distinct} of ${distinct} requests completed twice`,
    );
  }
  const { requests, duplicates } = outcome.wire.completions;
  const [first] = duplicates;
  const told = first?.completions.map(({ element, sentAt }) => `${element} at ${sentAt.toFixed(3)} s`).join(', ');
  const example = first ? `: ${first.user}'s request ${first.request} by ${told}` : '';
  const detail = `${duplicates.length} of ${requests} requests completed more than once${example}`;
  const unseen = numbers.holes?.requests ?? 0;
  if (!first && unseen > 0) return unknown(`${detail}, but of ${unseen} not all was captured`);
  return passIf(!first, detail);
};
