/** What rsplab found out about RSPLIB: which experiments show it, and what their tables say. */
import type { Restriction } from '../../harness/sweep/grid.js';

/** A column of a finding's table. */
export interface FindingColumn {
  /** Column of the table of runs. */
  readonly metric: string;
  readonly label: string;
  /** Seconds are shown as they read best; a `share` is the part of the runs in which it happened. */
  readonly unit: 's' | 'count' | 'percent' | 'share';
}

export interface FindingTable {
  readonly name: string;
  readonly title: string;
  /** File name in `experiments/`, without its ending. */
  readonly experiment: string;
  readonly grid: Restriction;
  readonly columns: readonly FindingColumn[];
}

const seconds = (metric: string, label: string): FindingColumn => ({ metric, label, unit: 's' });
const count = (metric: string, label: string): FindingColumn => ({ metric, label, unit: 'count' });
const share = (metric: string, label: string): FindingColumn => ({ metric, label, unit: 'share' });

const registrarColumns = [
  seconds('registrar_missed_s', 'missed after'),
  seconds('registrar_taken_over_s', 'taken over after'),
  count('registrars_taken_over', 'takeovers'),
  seconds('elements_rehomed_s', 'elements re-home after'),
  count('elements_not_rehomed', 'elements that do not'),
  seconds('resolution_in_outage_s', 'handle resolution meanwhile'),
  share('fails_registrars_agree', 'registrars do not agree 8 s (isolated: 10 s) later'),
  share('fails_pool_at_full_strength', 'elements are still missing then'),
];

const attackColumns = [
  seconds('startup_delay_s', 'requests start after'),
  seconds('handling_time_s', 'requests take, waiting included'),
  count('requests_completed', 'requests completed'),
  count('elements_removed_by_reports', 'elements removed'),
];

const stageColumns = [
  seconds('detection_s', 'detection'),
  seconds('selection_s', 'selection'),
  seconds('connection_s', 'connection'),
  seconds('resumption_s', 'resumption'),
];

export const findings: readonly FindingTable[] = [
  {
    name: 'cookie-echo',
    title: 'How long a request takes to resume, with cookies and without',
    experiment: 'cookie-echo',
    grid: { keepAlive: [1, 4] },
    columns: [
      seconds('resumption_s', 'resumption'),
      seconds('failover_delay_s', 'failover delay'),
      count('failovers', 'failovers'),
    ],
  },
  {
    name: 'cookie-echo-makers',
    title: 'How long a request takes to resume by a cookie echo, at elements of two makers',
    experiment: 'mixtures',
    grid: { fault: ['kill'], registrar: ['rsplib'], user: ['rsplib'] },
    columns: [
      ...stageColumns,
      seconds('failover_delay_s', 'failover delay'),
      count('failovers', 'failovers'),
      count('failovers_by_cookie', 'by cookie echo'),
    ],
  },
  {
    name: 'mixtures',
    title: 'How registrars, elements and users of two makers work together',
    experiment: 'mixtures',
    grid: {},
    columns: [
      count('failovers', 'failovers'),
      count('failovers_by_cookie', 'by cookie echo'),
      ...stageColumns,
      count('requests_lost', 'requests lost'),
      count('elements_rehomed', 'elements that re-home'),
      count('elements_not_rehomed', 'elements that do not'),
      share('fails_pool_at_full_strength', 'elements are still missing 8 s later'),
    ],
  },
  {
    name: 'path-failover',
    title: 'How long SCTP takes to move to the other network, and whether sessions live to see it',
    experiment: 'path-failover',
    grid: {},
    columns: [
      seconds('path_failover_s', 'path failover'),
      count('path_failovers', 'path failovers'),
      count('sessions_on_cut_path', 'sessions on a cut path'),
      count('sessions_given_up', 'sessions given up'),
    ],
  },
  {
    name: 'registrar-kill',
    title: 'What the death of the elements’ registrar costs',
    experiment: 'registrar-kill',
    grid: {},
    columns: registrarColumns,
  },
  {
    name: 'registrar-isolate',
    title: 'What a registrar destroys that was cut off for 16 s and comes back',
    experiment: 'registrar-isolate',
    grid: {},
    columns: registrarColumns,
  },
  {
    name: 'attack-failure-reports',
    title: 'What false failure reports do to a pool',
    experiment: 'attack-failure-reports',
    grid: {},
    columns: attackColumns,
  },
  {
    name: 'attack-handle-resolutions',
    title: 'What a flood of handle resolutions does to a pool',
    experiment: 'attack-handle-resolutions',
    grid: {},
    columns: [...attackColumns, count('resolutions_refused', 'handle resolutions refused')],
  },
  {
    name: 'attack-registrations',
    title: 'What elements that do not exist do to a pool',
    experiment: 'attack-registrations',
    grid: {},
    columns: [...attackColumns, count('fakes_removed_by_reports', 'fakes removed')],
  },
  {
    name: 'chaos',
    title: 'Which promises a minute of chaos breaks',
    experiment: 'chaos',
    grid: {},
    columns: [
      count('faults', 'faults'),
      count('failovers', 'failovers'),
      seconds('failover_delay_s', 'failover delay'),
      share('fails_no_request_lost', 'a request is lost'),
      share('fails_no_duplicate_completion', 'a request is completed twice'),
      share('fails_repeated_work', 'too much work is repeated'),
      share('fails_no_dead_element_selected', 'a dead element is selected'),
      share('fails_registrars_agree', 'registrars do not agree'),
      share('fails_pool_at_full_strength', 'elements stay away'),
    ],
  },
];
