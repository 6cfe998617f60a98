import type { Lab } from './lab.js';

/** The labs that work inside a lab kernel. Only what is wanted is loaded: loading is slow there. */
export const labsInKernel = {
  netns: async (): Promise<Lab> => (await import('./netns/netns-lab.js')).netnsLab,
  docker: async (): Promise<Lab> => (await import('./docker/own-engine.js')).ownEngineLab,
};

export type LabInKernel = keyof typeof labsInKernel;
