/** How to run it again, with what, and what else lies in the folder. */
import { type Content, html } from '../page/escape.js';
import { tableMarkup } from '../page/table.js';
import type { RunFiles } from './read.js';

export function reproduceSection({ plan, summary, files, journal }: RunFiles): Content {
  const begin = journal.find((event) => event.event === 'begin');
  const versions = Object.entries(summary?.versions ?? { kernel: begin?.kernel ?? null });
  const notes = journal.flatMap((event) => {
    if (event.event === 'note') return [event.text];
    return event.event === 'faultSkipped'
      ? [`${event.kind} at ${event.intendedAt.toFixed(1)} s was skipped: ${event.reason}`]
      : [];
  });
  return [
    summary && html`<p>The same plan again:</p><pre class="command"><code>${summary.replay}</code></pre>`,
    chanceMarkup(plan.seed, summary),
    html`<ul class="facts">${versions.map(([name, version]) => version && html`<li>${name} <b>${version}</b></li>`)}</ul>`,
    notes.length > 0 &&
      html`<h3>Notes of the run</h3><ul class="plain">${notes.map((note) => html`<li>${note}</li>`)}</ul>`,
    html`<h3>Plan</h3>`,
    planMarkup(JSON.stringify(plan, null, 2)),
    html`<h3>Files beside this page</h3>`,
    tableMarkup({
      id: 'files',
      file: `${plan.experiment}-files`,
      caption: 'The run’s folder; logs of each component are in logs/.',
      rows: files,
      columns: [
        {
          key: 'file',
          label: 'file',
          unit: 'text',
          value: ({ name }) => name,
          show: ({ name }) => html`<a href="${encodeURIComponent(name)}">${name}</a>`,
        },
        { key: 'bytes', label: 'bytes', unit: 'count', value: ({ bytes }) => bytes },
      ],
    }),
  ];
}

function chanceMarkup(seed: number, summary: RunFiles['summary']): Content {
  const { clock, machine } = summary ?? {};
  if (clock === 'virtual') {
    const where = machine?.parts.build
      ? html`with the same programs, and where the fingerprint comes to <b>${machine.fingerprint}</b> again,`
      : html`on a machine with the fingerprint <b>${machine?.fingerprint ?? 'unknown'}</b>, which <code>rsplab doctor</code> prints,`;
    return html`<p>All chance of the run grows from seed ${seed}, the components’ and the kernel’s too: ${where} a repetition is the same run to the bit.</p>`;
  }
  if (clock === 'simulated')
    return html`<p>All chance of the run grows from seed ${seed}: a repetition is the same run.</p>`;
  return html`<p>All chance of the plan grows from seed ${seed}. In real time the components’ own chance cannot be seeded: a repetition is another sample, not the same one.</p>`;
}

/** A plan of a thousand hosts is read by programs only. */
const planMost = 200_000;

const planMarkup = (text: string): Content =>
  text.length > planMost
    ? html`<p><a href="plan.json">plan.json</a>, with every choice made, lies beside this page.</p>`
    : html`<details><summary>plan.json, with every choice made</summary><pre>${text}</pre></details>`;
