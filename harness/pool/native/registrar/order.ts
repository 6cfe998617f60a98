/** What the process of a registrar is told, as JSON on its command line. */
import { z } from 'zod';
import { registrarSchema } from '../../../experiment/role.js';

const addresses = z.array(z.ipv4()).min(1);

export const registrarOrderSchema = z.strictObject({
  name: z.string().min(1),
  /** Registrar identifier (RFC 5354, section 3.11). */
  identifier: z.int().min(1).max(0xffff_ffff),
  /** What the choices of random policies grow from, with its name and its life. */
  seed: z.int(),
  life: z.int().min(1),
  /** The host's own, all of which its associations use. */
  addresses,
  /** Other registrars, each by its addresses on networks of the host. */
  peers: z.array(addresses),
  /** Whether it tells groups of itself. */
  announces: z.boolean(),
  /** Where its statistics go. */
  statistics: z.string().min(1),
  role: registrarSchema,
});
export type RegistrarOrder = z.infer<typeof registrarOrderSchema>;
