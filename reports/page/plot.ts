/** Plots and a document to draw them in. In one place, which the build makes one file: their files are many hundred. */
export * as Plot from '@observablehq/plot';
export { parseHTML } from 'linkedom';
