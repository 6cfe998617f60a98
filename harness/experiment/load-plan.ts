import { existsSync, readFileSync } from 'node:fs';
import { check } from '../base/check.js';
import { badInput, messageOf } from '../base/errors.js';
import { deepFreeze } from '../base/freeze.js';
import { parseJson } from '../base/json.js';
import { hostSubnet } from '../topology/address.js';
import { checkDeviceNames, checkLabel } from '../topology/names.js';
import { checkFaults } from './faults.js';
import { type Plan, planSchema } from './plan.js';
import { checkReach } from './reach.js';

/** An experiment is TypeScript; a plan, stored by a run, is JSON. */
export const isPlanFile = (file: string): boolean => file.endsWith('.json');

/**
 * Reads a stored plan, to be run again as it is.
 * @param seed instead of its own; what its seed has chosen before stays as it is
 * @throws HarnessError `bad-input` when the file is none
 */
export function loadPlan(file: string, seed?: number): Plan {
  if (!existsSync(file)) throw badInput(`Expected the file of a plan, got ${file}, which does not exist`);
  const plan = check(file, planSchema, parsed(file));
  const groups = Object.fromEntries(plan.hosts.map(({ group }) => [group, { count: 1, on: [], sctp: null }]));
  checkFaults(file, { ...plan.topology, groups, hosts: plan.hosts }, plan.hosts, plan.faults);
  checkTopology(file, plan);
  return deepFreeze({ ...plan, file, seed: seed ?? plan.seed });
}

/** A plan may have been written by hand, or by a version that refused less. */
function checkTopology(file: string, { topology: { networks }, hosts }: Plan): void {
  const names = Object.keys(networks);
  for (const name of names) hostSubnet(`${file}: network '${checkLabel(file, name)}'`, networks[name]!.cidr);
  checkDeviceNames(file, names, hosts);
  checkReach(file, hosts);
}

function parsed(file: string): unknown {
  try {
    return parseJson(readFileSync(file, 'utf8'));
  } catch (error) {
    throw badInput(`${file}: expected a plan in JSON, got: ${messageOf(error)}`, error);
  }
}
