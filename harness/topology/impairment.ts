import { z } from 'zod';

const percent = z.number().min(0).max(100);

/**
 * What a network does to packets on their way from one host to another: one way, per direction. A delay of 10 ms
 * makes a round trip of 20 ms.
 */
export const impairmentSchema = z
  .strictObject({
    /** One-way delay. */
    delay: z.number().min(0).optional(),
    /** Standard deviation of the delay around its mean, drawn from a normal distribution. */
    jitter: z.number().min(0).optional(),
    /** Packets lost, each independently. */
    lossPercent: percent.optional(),
    duplicatePercent: percent.optional(),
    /** Packets with one flipped bit. */
    corruptPercent: percent.optional(),
    /** Packets sent at once, past those that wait out their delay. */
    reorderPercent: percent.optional(),
    rateMbit: z.number().positive().optional(),
    /** The most packets that wait in the emulated network; sized for the load when left out. */
    queuePackets: z.int().positive().optional(),
  })
  .refine((it) => it.jitter === undefined || (it.delay ?? 0) > 0, {
    message: 'expected a delay beside the jitter, got jitter alone',
    path: ['jitter'],
  })
  .refine((it) => it.reorderPercent === undefined || (it.delay ?? 0) > 0, {
    message: 'expected a delay beside the reordering, which lets packets overtake delayed ones, got none',
    path: ['reorderPercent'],
  });

export type Impairment = z.infer<typeof impairmentSchema>;
