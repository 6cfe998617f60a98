import type { Plan } from '../experiment/plan.js';
import type { ImplementationName, Role } from '../experiment/role.js';
import type { Implementation, PoolHost } from './implementation.js';
import { memoryOfNative, native } from './native/native.js';
import { rsplib } from './rsplib/rsplib.js';
import { memoryOfWeb, web } from './web/web.js';

export const implementations: Readonly<Record<ImplementationName, Implementation>> = { rsplib, native, proxy: web };

export const implementationOf = ({ role }: PoolHost): Implementation => implementations[role.implementation];

/** MiB that components of our own take beyond what every host's do. */
export const memoryOfOwn = (plan: Pick<Plan, 'hosts'>): number => memoryOfNative(plan) + memoryOfWeb(plan);

/** Whether a host's component is one of our own, which needs Node.js on its host. */
export const isNative = ({ role }: { readonly role: Role }): boolean =>
  role.kind !== 'attacker' && role.implementation !== 'rsplib';
