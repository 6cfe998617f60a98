/** Which runs show that what the experiments measure has a predicted twin: of each file, the first point of its grid. */
import type { PhaseLengths } from '../../harness/experiment/plan.js';
import type { Restriction } from '../../harness/sweep/grid.js';

export interface Twin {
  /** File name in `experiments/`, without its ending. */
  readonly experiment: string;
  /** Values of the point that are not the first ones. */
  readonly point: Restriction;
  readonly phases: Partial<PhaseLengths>;
}

const whole = (experiment: string): Twin => ({ experiment, point: {}, phases: {} });
/** Of the paper's 10 elements and 100 users: 3 and 30, for some minutes. */
const small = { settle: 5, warmUp: 30, measure: 300 };

/** The paper's figures have tables of their own, with all of their points. */
export const twins: readonly Twin[] = [
  ...['element-kill', 'element-power-off', 'element-freeze', 'element-shutdown'].map(whole),
  ...['cookie-echo', 'path-failover', 'mixtures', 'labs-agree', 'chaos'].map(whole),
  ...['registrar-kill', 'registrar-isolate', 'registrar-load', 'takeover-times'].map(whole),
  ...['attack-failure-reports', 'attack-handle-resolutions', 'attack-registrations'].map(whole),
  { experiment: 'attack-rates', point: { scale: [0.3], rate: [1] }, phases: {} },
  ...['fuzz', 'web-kill', 'web-power-off', 'web-rolling-restart'].map(whole),
  { experiment: 'paper-base', point: { scale: [0.3] }, phases: small },
  { experiment: 'fig14-number-of-cookies', point: {}, phases: small },
];
