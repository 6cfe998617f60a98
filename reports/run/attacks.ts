/** What attackers did, and what came of it. */
import type { AttackSummary } from '../../harness/result/summary.js';
import { type Content, html } from '../page/escape.js';
import { type Table, tableMarkup } from '../page/table.js';
import type { RunFiles } from './read.js';

/** Nothing for a run without attackers. */
export function attackSection({ summary, plan }: RunFiles): Content {
  const attacks = summary?.attacks;
  if (!attacks) return null;
  const { elementsRemoved, fakesRemoved, reportsRefused, resolutionsRefused, failoversWithoutFault } = attacks;
  return [
    tableMarkup(attackerTable(attacks, plan.experiment)),
    html`<ul class="plain">
<li>Registrars removed for failure reports: ${elementsRemoved} times an element of the pool, ${fakesRemoved} times one of the attackers’.</li>
<li>Registrars refused for their rate: ${reportsRefused} failure reports, ${resolutionsRefused} handle resolutions.</li>
<li>Failovers that no injected fault explains: ${failoversWithoutFault}.</li>
</ul>`,
  ];
}

type AttackerEntry = AttackSummary['attackers'][number];

const attackerTable = ({ attackers }: AttackSummary, experiment: string): Table<AttackerEntry> => ({
  id: 'attackers',
  file: `${experiment}-attackers`,
  caption: 'Attackers: messages of the attack over the whole run, and the answers to them. Failure reports have none.',
  rows: attackers,
  columns: [
    { key: 'attacker', label: 'attacker', unit: 'text', value: ({ host }) => host },
    { key: 'attack', label: 'attack', unit: 'text', value: ({ attack }) => attack },
    { key: 'pool', label: 'pool', unit: 'text', value: ({ pool }) => pool },
    { key: 'asked_per_s', label: 'asked per second', unit: 'number', value: ({ rate }) => rate },
    { key: 'sent', label: 'sent', unit: 'count', value: ({ sent }) => sent },
    { key: 'unsent', label: 'not sent in time', unit: 'count', value: ({ unsent }) => unsent },
    { key: 'accepted', label: 'accepted', unit: 'count', value: ({ accepted }) => accepted },
    { key: 'rejected', label: 'rejected', unit: 'count', value: ({ rejected }) => rejected },
    { key: 'aborted', label: 'associations aborted', unit: 'count', value: ({ aborted }) => aborted },
  ],
});
