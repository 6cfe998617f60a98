/** What the machine can run: compiled modules, relative to `dist`, that are loaded before its snapshot is taken. */
export const jobs = { run: 'harness/run/inside.js', calibration: 'harness/calibrate/inside.js' } as const;

export type JobName = keyof typeof jobs;

export const jobModules: readonly string[] = Object.values(jobs);
