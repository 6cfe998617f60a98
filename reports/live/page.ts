import { hostsWith, type Plan } from '../../harness/experiment/plan.js';
import { html, jsonInScript } from '../page/escape.js';
import { renderPage, themeSwitch } from '../page/shell.js';
import { plainLayout } from '../page/table.js';

/** The page of a run that has just begun; its script fills it as the run goes on. */
export function livePage(plan: Plan): string {
  const { settle, warmUp, measure, drain } = plan.phases;
  const facts = {
    elements: hostsWith(plan, 'poolElement').map(({ name }) => name),
    // Seconds from the deployment to the end, for the time left.
    phases: { settle, warmUp, measure, drain },
  };
  return renderPage({
    title: `${plan.experiment} – live`,
    description: `A run of ${plan.experiment}, as it goes on`,
    header: html`<div class="title-row"><h1>${plan.experiment}</h1>${themeSwitch()}</div>
<ul class="facts"><li><b>live</b></li><li>seed <b>${plan.seed}</b></li></ul><p>${plan.question}</p>`,
    sections: [
      {
        id: 'now',
        title: 'Now',
        body: html`<p id="live-phase" role="status">Waiting for the lab.</p><p id="live-speed">No request has been completed yet.</p>
<progress id="live-progress" aria-label="Progress of the run" max="1" value="0"></progress>`,
      },
      {
        id: 'sessions',
        title: 'Sessions per pool element',
        body: html`<div class="table-scroll"><table ${plainLayout}><thead><tr><th scope="col">Element</th><th scope="col">Sessions</th><th scope="col">State</th></tr></thead><tbody id="live-sessions"></tbody></table></div>`,
      },
      { id: 'faults', title: 'Faults', body: html`<ol id="live-faults" aria-live="polite"></ol>` },
    ],
    footer: html`<p>This page becomes the report when the run is over.</p><script type="application/json" id="live-facts">${jsonInScript(facts)}</script>`,
    scripts: ['live.js'],
    asksItsServer: true,
  });
}
