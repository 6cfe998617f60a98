/** What a figure of the paper is: where its data come from, what its panels show, and what the paper says about it. */
import type { PointValue } from '../../harness/experiment/experiment.js';
import type { Restriction } from '../../harness/sweep/grid.js';
import type { Claim } from './claim.js';

/** Something varied, as the axis or the legend says it. */
export interface Dimension {
  /** As the experiment names it. */
  readonly name: string;
  readonly label: string;
  /** From the experiment's unit to the axis'. @defaultValue unchanged */
  readonly scale?: number;
}

export interface Panel {
  /** Ends the file names: `fig08-utilisation.svg`. */
  readonly name: string;
  /** Column of the sweep's tables. */
  readonly metric: string;
  readonly label: string;
  /** Lowest upper end of the axis. */
  readonly atLeast?: number;
}

export interface Figure {
  readonly number: number;
  readonly title: string;
  /** File name in `experiments/`, without its ending. */
  readonly experiment: string;
  readonly x: Dimension;
  /** What tells a policy's curves apart. */
  readonly curve: Dimension;
  readonly panels: readonly Panel[];
  readonly claims: readonly Claim[];
  /** A thinner grid for a quick look. */
  readonly quick: Restriction;
  /** How it is measured on real components; absent for a formula. */
  readonly measured?: Measured;
}

/** A grid thin enough, and runs short enough, to be measured, with the corners and the middle of each curve. */
export interface Measured {
  readonly grid: Restriction;
  /** Seconds. */
  readonly measure: number;
  /** The point that is measured at the paper's full scale, too. */
  readonly full: Restriction;
  /** What real components do not do as the paper asks, told and not worked around. */
  readonly departures: readonly string[];
}

export const utilisationPanel: Panel = {
  name: 'utilisation',
  metric: 'utilisation_percent',
  label: 'Average system utilisation [%]',
};

export const speedPanel: Panel = {
  name: 'handling-speed',
  metric: 'handling_speed_percent',
  label: 'Average request handling speed [% of PE capacity]',
};

/** A curve's points in axis units, with 95 % intervals; those of a formula have none. */
export interface Series {
  readonly policy: string | null;
  /** Which of the policy's curves. */
  readonly index: number;
  readonly curve: PointValue;
  readonly points: readonly SeriesPoint[];
}

export interface SeriesPoint {
  readonly x: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Runs behind it; 0 for a formula. */
  readonly n: number;
}

export const policyNames: Readonly<Record<string, string>> = {
  LeastUsed: 'Least Used',
  RoundRobin: 'Round Robin',
  Random: 'Random',
};

/** Begins the names of a figure's files: `fig08`. */
export const fileBase = (number: number): string => `fig${String(number).padStart(2, '0')}`;

/** Tables of measured runs, of the grid and of the point at full scale. */
export const tableNames = (number: number) => ({
  runs: `${fileBase(number)}-runs.csv`,
  full: `${fileBase(number)}-full-runs.csv`,
});
