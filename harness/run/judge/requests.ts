import { type Judge, passIf, unknown } from './verdict.js';

export const noRequestLost: Judge<'noRequestLost'> = (_, { numbers: { requests } }) => {
  if (requests.queued === 0) return unknown('there was no request');
  return passIf(requests.lost === 0, `${requests.lost} of ${requests.queued} requests lost`);
};
