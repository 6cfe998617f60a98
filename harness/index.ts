/** The one door for topologies and experiments. */
export { type Duration, minutes, ms, s } from './base/units.js';
export { type AttackerOptions, attacker } from './experiment/attacker.js';
export {
  type Check,
  failoverDelay,
  handlingSpeed,
  handlingTime,
  noDeadElementSelected,
  noDuplicateCompletion,
  noRequestLost,
  poolAtFullStrength,
  registrarsAgree,
  repeatedWork,
  utilisation,
} from './experiment/checks.js';
export { choose } from './experiment/choose.js';
export { constant, type Distribution, exponential } from './experiment/distribution.js';
export { type Experiment, experiment, type Phases } from './experiment/experiment.js';
export type { GateOptions } from './experiment/gate.js';
export type { Policy, PolicyName } from './experiment/policy.js';
export {
  type PoolElementOptions,
  type PoolUserOptions,
  poolElement,
  poolUser,
  type RegistrarOptions,
  registrar,
} from './experiment/role.js';
export { type WebElementOptions, type WebUserOptions, webElement, webUser } from './experiment/web.js';
export { type ChaosLimits, type ChaosOptions, chaos } from './fault/chaos.js';
export {
  cpuStarve,
  cutPath,
  type Fault,
  failure,
  flap,
  freeze,
  impair,
  impairNetwork,
  isolate,
  kill,
  partition,
  powerOff,
  shutdown,
} from './fault/fault.js';
export { at, every, mtbf, type ScheduledFault } from './fault/schedule.js';
export { all, busy, named, one, type Target } from './fault/target.js';
export { cookieIntervalFor } from './sim/formulas.js';
export type { Impairment } from './topology/impairment.js';
export type { SctpOptions } from './topology/sctp.js';
export { hosts, network, type Topology, topology } from './topology/topology.js';
