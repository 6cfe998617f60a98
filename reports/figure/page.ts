/** The page with all figures: one file that needs no other, in light and dark, on a screen of any width. */
import type { ClaimVerdict } from './claim.js';
import { escapeXml } from './draw.js';
import type { DrawnFigure, DrawnPanel, ExaminedClaim } from './figure-set.js';

const marks: Readonly<Record<ClaimVerdict, { sign: string; style: string }>> = {
  holds: { sign: '✓', style: 'yes' },
  'does not hold': { sign: '✗', style: 'no' },
  'not enough data': { sign: '?', style: 'open' },
};

export function pageOf(drawn: readonly DrawnFigure[]): string {
  const claims = drawn.flatMap((each) => each.claims);
  const holding = claims.filter(({ finding }) => finding.verdict === 'holds').length;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The paper’s figures, simulated by rsplab</title>
<style>${css}</style>
</head>
<body>
<header>
<h1>The paper’s figures</h1>
<p>Figures ${drawn.map(({ figure }) => figure.number).join(', ')} of T. Dreibholz and E. P. Rathgeb, <cite>Overview and
Evaluation of the Server Redundancy and Session Failover Mechanisms in the Reliable Server Pooling Framework</cite>,
simulated by rsplab. Bars are 95 % confidence intervals. Of ${claims.length} statements that were tested, ${holding}
hold in these data. What the paper leaves open, such as how much “about” is, was chosen by us and is said beside each; the
readings of Figures 7, 9, 11 and 12 were settled after a look at data of seed 1, so other seeds are the fairer test.</p>
<nav>${drawn.map(({ figure }) => `<a href="#fig${figure.number}">Figure ${figure.number}</a>`).join(' ')}</nav>
</header>
<main>
${drawn.map(sectionOf).join('\n')}
</main>
</body>
</html>
`;
}

function sectionOf({ figure, panels, claims, sweep }: DrawnFigure): string {
  const { description, records } = sweep;
  const { question, expectation, replications, seed, failures, versions } = description;
  const variants = (description.vary.variant ?? []).join(', ');
  const facts = [
    `${description.points} points × ${replications} runs (${records.length} finished), seed ${seed}`,
    `variant ${variants}`,
    `experiment ${description.experiment}`,
    `rsplab ${versions.rsplab ?? 'unknown'}`,
  ];
  const failed =
    failures.length > 0 ? `<p class="no">${failures.length} runs or points failed; see sweep.json.</p>` : '';
  return `<section id="fig${figure.number}">
<h2>Figure ${figure.number}. ${escapeXml(figure.title)}</h2>
<div class="panels">${panels.map(panelOf).join('\n')}</div>
${failed}
<ul class="claims">${claims.map(claimOf).join('\n')}</ul>
<details><summary>Question, expectation and where the numbers come from</summary>
${question ? `<p>${escapeXml(question)}</p>` : ''}
${expectation ? `<p>Expectation: ${escapeXml(expectation)}</p>` : ''}
<p>${facts.map(escapeXml).join(' · ')}</p>
</details>
</section>`;
}

const panelOf = ({ panel, base, svg }: DrawnPanel): string => `<figure>
${svg.trim()}
<figcaption>${escapeXml(panel.label)}:
<a href="${base}.svg">SVG</a> <a href="${base}.png">PNG</a> <a href="${base}.csv">data</a></figcaption>
</figure>`;

function claimOf({ text, place, finding, note }: ExaminedClaim): string {
  const { sign, style } = marks[finding.verdict];
  return `<li><span class="verdict ${style}">${sign} ${finding.verdict}</span> ${escapeXml(text)}
<small>(${escapeXml(place)})</small>${note ? ` ${escapeXml(note)}` : ''}
<details><summary>test and numbers</summary><p>${escapeXml(finding.test)}</p>
<ul>${finding.numbers.map((each) => `<li>${escapeXml(each)}</li>`).join('')}</ul></details></li>`;
}

const css = `
:root { color-scheme: light dark; --ground: #fdfdfc; --ink: #1d2126; --soft: #5b6470; --line: #d8dce1; --link: #0b5cad;
  --yes: #11663f; --no: #a4262c; --open: #7a5200; }
@media (prefers-color-scheme: dark) { :root { --ground: #15181c; --ink: #e6e8ea; --soft: #a3acb6; --line: #353b42;
  --link: #7db7ff; --yes: #62cc96; --no: #ff8f8a; --open: #e8b95a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 100rem; padding: 1rem clamp(.75rem, 3vw, 2.5rem); background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: .5rem 0; } h2 { font-size: 1.25rem; margin: 0 0 .75rem; }
header p { max-width: 75ch; } a { color: var(--link); } nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; padding-top: 1.25rem; }
.panels { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 32rem), 1fr)); }
figure { margin: 0; max-width: 50rem; } figure > svg { display: block; width: 100%; height: auto; background: white;
  border: 1px solid var(--line); border-radius: 4px; }
figcaption, small, details { color: var(--soft); font-size: .9rem; }
.claims { list-style: none; padding: 0; max-width: 85ch; } .claims > li { margin: .6rem 0; }
.verdict { font-weight: 600; white-space: nowrap; margin-right: .4rem; }
.yes { color: var(--yes); } .no { color: var(--no); } .open { color: var(--open); }
summary { cursor: pointer; } details ul { padding-left: 1.2rem; }
@media print { details { display: none; } section { break-inside: avoid; } }
`;
