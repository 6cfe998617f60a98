/** What the process of a pool element or of a pool user is told, as JSON on its command line. Spans are in seconds. */
import { z } from 'zod';
import { poolElementSchema, poolUserSchema } from '../../../experiment/role.js';

const addresses = z.array(z.ipv4()).min(1);

const common = {
  name: z.string().min(1),
  /** The host's own, all of which its associations use. */
  addresses,
  /** Each by its addresses on networks of the host. */
  registrars: z.array(addresses).min(1),
};

export const elementOrderSchema = z.strictObject({
  ...common,
  /** PE identifier (RFC 5354, section 3.14). */
  identifier: z.int().min(1).max(0xffff_ffff),
  role: poolElementSchema,
});
export type ElementOrder = z.infer<typeof elementOrderSchema>;

export const userOrderSchema = z.strictObject({
  ...common,
  /** What the sizes and intervals of its requests grow from, with its name and its life. */
  seed: z.int(),
  life: z.int().min(1),
  /** CIDRs of its own networks: elements may have addresses on others. */
  networks: z.array(z.cidrv4()).min(1),
  /** A load that ends by itself, should nobody be left to end it. */
  runSeconds: z.number().positive(),
  role: poolUserSchema,
});
export type UserOrder = z.infer<typeof userOrderSchema>;
