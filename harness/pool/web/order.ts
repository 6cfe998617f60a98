/** What the processes of web elements and users are told, as JSON on their command lines. Spans are in seconds. */
import { z } from 'zod';
import { elementOrderSchema, userOrderSchema } from '../native/peer/order.js';

/** Where proxies of elements listen, on all addresses of their host. */
export const elementPort = 8080;
/** Where proxies of users listen, on the loopback device of their host. */
export const userPort = 8081;

/** Where relative paths begin; that of whoever started rsplab, or what stands in for it in a machine. */
const workspace = z.string().min(1);

export const webElementOrderSchema = elementOrderSchema.extend({ workspace });
export type WebElementOrder = z.infer<typeof webElementOrderSchema>;

export const webUserOrderSchema = userOrderSchema.extend({
  workspace,
  /** Files of its own, in the folder that it works in. */
  rows: z.string().min(1),
  k6Points: z.string().min(1),
  k6Summary: z.string().min(1),
});
export type WebUserOrder = z.infer<typeof webUserOrderSchema>;
