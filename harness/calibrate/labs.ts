/** The labs that can be calibrated, and where a calibration of each takes place. */
import { dockerLab } from '../lab/docker/docker-lab.js';
import type { LabInKernel } from '../lab/in-kernel.js';
import type { Lab } from '../lab/lab.js';
import { netnsLab } from '../lab/netns/netns-lab.js';
import type { MachineSetting } from '../lab/virtual/machine.js';

/** On the machine's own kernel, in a lab kernel with so much memory, or in the machine in virtual time. */
export type Place =
  | { readonly lab: Lab }
  | { readonly inKernel: LabInKernel; readonly memoryMiB: number }
  | { readonly inMachine: LabInKernel; readonly setting: MachineSetting };

/** Memory as for runs, and room for bursts of packets on their way to the capture's file. */
export const places: Readonly<Record<string, Place>> = {
  virtual: { inMachine: 'netns', setting: { nanosecondsPerInstruction: 4, memoryMiB: 2048 } },
  netns: { lab: netnsLab },
  uml: { inKernel: 'netns', memoryMiB: 1024 },
  docker: { lab: dockerLab },
  'uml+docker': { inKernel: 'docker', memoryMiB: 2560 },
};
