/**
 * Which hosts somebody has: by the groups of the experiment, each with the destination that `ssh` knows it by, its
 * addresses on the experiment's networks, and what one may do there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { check } from '../../base/check.js';
import { badInput, codeOf, messageOf } from '../../base/errors.js';
import { tsImport } from '../../experiment/typescript.js';
import { hostAddressProblem } from '../../topology/address.js';

/** `root` logs in as root; `sudo` may run commands as root without being asked; `user` may not. */
export const rights = ['root', 'sudo', 'user'] as const;
export type Right = (typeof rights)[number];

// A destination that begins with a dash would be an option of ssh.
const destination = z.string().regex(/^[^-\s\p{Cc}][^\s\p{Cc}]*$/u, "a destination of ssh, such as 'alice@host'");

/**
 * `native`: the hosts' own kernels, SCTP and RSPLIB. `overlay`: a lab kernel of ours on each host, joined by tunnels,
 * for ordinary users, kernels without SCTP and networks that drop it.
 */
export const ways = ['native', 'overlay'] as const;
export type Way = (typeof ways)[number];

const hostSchema = z.strictObject({
  ssh: destination,
  addresses: z
    .record(z.string(), z.string())
    .refine((it) => Object.keys(it).length > 0, { error: 'expected an address on one network at least, got none' }),
  right: z.enum(rights).default('user'),
});

const inventorySchema = z.strictObject({
  /** Another file than the person's own `~/.ssh/config`; seen from the inventory's folder. */
  sshConfig: z.string().min(1).optional(),
  way: z.enum(ways).default('native'),
  /** Of an overlay: the first of the UDP ports that its tunnels take, two for each pair of hosts and network. */
  firstPort: z.int().min(1024).max(65_000).default(47_600),
  /** Of an overlay: where the kernel stays on each host, seen from the user's home; by default nothing stays. */
  cache: z
    .string()
    .regex(/^[^-\s\p{Cc}~][^\s\p{Cc}]*$/u, 'a folder, seen from the home of the user there')
    .optional(),
  hosts: z
    .record(z.string(), z.array(hostSchema).min(1))
    .refine((it) => Object.keys(it).length > 0, { error: 'expected one group of hosts at least, got none' }),
});

export type InventoryHost = z.output<typeof hostSchema>;
export type Inventory = z.output<typeof inventorySchema>;

/**
 * Reads an inventory: `.ts` and `.js` export one by default, `.yaml`, `.yml` and `.json` are one.
 * @throws HarnessError `bad-input` when the file does not load or is something else
 */
export async function loadInventory(file: string): Promise<Inventory> {
  if (!existsSync(file)) throw badInput(`--inventory: expected a file, got ${file}, which does not exist`);
  const { sshConfig, ...inventory } = readInventory(file, await contentOf(file));
  return sshConfig === undefined ? inventory : { ...inventory, sshConfig: resolve(dirname(file), sshConfig) };
}

const loopback = /^127\.\d+\.\d+\.\d+$/;

/**
 * @param where what is read, for people
 * @throws HarnessError `bad-input`, one sentence saying what was expected, what was got and where
 */
export function readInventory(where: string, content: unknown): Inventory {
  const inventory = check(where, inventorySchema, content);
  const owners = new Map<string, string>();
  for (const [group, hosts] of Object.entries(inventory.hosts)) {
    hosts.forEach(({ addresses }, index) => {
      for (const [network, address] of Object.entries(addresses)) {
        const place = `${where}.hosts.${group}.${index}.addresses.${network}`;
        const problem = hostAddressProblem(address);
        // Hosts of an overlay are lab kernels: several may be on one machine, and share its addresses.
        const overlay = inventory.way === 'overlay';
        if (problem && !(overlay && loopback.test(address))) throw badInput(`${place}: expected ${problem}`);
        if (overlay) continue;
        const other = owners.get(address);
        // Packets are told apart by their addresses.
        if (other) throw badInput(`${place}: expected an address of its own, got ${address}, which is ${other}, too`);
        owners.set(address, `hosts.${group}.${index}.addresses.${network}`);
      }
    });
  }
  return inventory;
}

async function contentOf(file: string): Promise<unknown> {
  const kind = extname(file);
  try {
    if (['.yaml', '.yml', '.json'].includes(kind)) return parse(readFileSync(file, 'utf8'));
    if (['.ts', '.mts', '.js', '.mjs'].includes(kind)) {
      return defaultOf(await tsImport(pathToFileURL(resolve(file)).href, import.meta.url));
    }
  } catch (error) {
    if (codeOf(error)) throw error;
    throw badInput(`${file}: expected a file that loads, got: ${messageOf(error).split('\n')[0]}`, error);
  }
  throw badInput(`--inventory: expected a file that ends in .ts, .js, .yaml, .yml or .json, got ${file}`);
}

// In a folder whose package is not of type "module", the default export comes wrapped in another one.
function defaultOf(module: unknown): unknown {
  const found = (module as { default?: unknown }).default;
  return typeof found === 'object' && found !== null && 'default' in found ? found.default : found;
}
