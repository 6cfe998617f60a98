import type { ImplementationName, Role } from '../experiment/role.js';
import type { Implementation, PoolHost } from './implementation.js';
import { native } from './native/native.js';
import { rsplib } from './rsplib/rsplib.js';

export const implementations: Readonly<Record<ImplementationName, Implementation>> = { rsplib, native };

export const implementationOf = ({ role }: PoolHost): Implementation => implementations[role.implementation];

/** Whether a host's component is one of our own, which needs Node.js on its host. */
export const isNative = ({ role }: { readonly role: Role }): boolean =>
  role.kind !== 'attacker' && role.implementation === 'native';
