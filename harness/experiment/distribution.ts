import { z } from 'zod';
import { check } from '../base/check.js';
import type { Draws } from '../base/random.js';

/** How a request's size (calculations) or the gap between two requests (seconds) is drawn. */
export const distributionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exponential'), mean: z.number().positive() }),
  z.strictObject({ kind: z.literal('constant'), mean: z.number().positive() }),
]);
export type Distribution = z.infer<typeof distributionSchema>;

/** Negative exponential with this mean; what the paper uses for sizes and intervals. */
export const exponential = (mean: number): Distribution =>
  check('exponential', distributionSchema, { kind: 'exponential', mean });

export const constant = (value: number): Distribution =>
  check('constant', distributionSchema, { kind: 'constant', mean: value });

export const draw = ({ kind, mean }: Distribution, random: Draws): number =>
  kind === 'constant' ? mean : random.exponential(mean);
