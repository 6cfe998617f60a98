/** The page with all figures, in light and dark, on a screen of any width. */
import { readStyleFile } from '../page/assets.js';
import type { WritablePage } from '../page/write.js';
import type { ClaimVerdict } from './claim.js';
import { type Figure, fileBase, headingOf, isOfPaper, nameOfFigure } from './figure.js';
import type { DrawnFigure, DrawnPanel, ExaminedClaim } from './figure-set.js';
import { escapeXml } from './frame.js';

const marks: Readonly<Record<ClaimVerdict, { sign: string; style: string }>> = {
  holds: { sign: '✓', style: 'yes' },
  'does not hold': { sign: '✗', style: 'no' },
  'not enough data': { sign: '?', style: 'open' },
};

export const claimsPage = (drawn: readonly DrawnFigure[]): WritablePage =>
  figuresPage(`${titleOf(drawn)}, simulated by rsplab`, markupOf(drawn));

/** A page with figures and what the paper says about them; `body` is markup. */
export function figuresPage(title: string, body: string): WritablePage {
  const style = readStyleFile('claims.css');
  return {
    style,
    markup: (beside) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${beside === null ? `<style>${style}</style>` : `<link rel="stylesheet" href="${beside}.css">`}
</head>
<body>
${body}
</body>
</html>
`,
  };
}

export const navigation = (drawn: readonly Pick<DrawnFigure, 'figure'>[]): string =>
  `<nav>${drawn.map(({ figure }) => `<a href="#${fileBase(figure)}">${nameOfFigure(figure)}</a>`).join(' ')}</nav>`;

type Drawn = readonly { readonly figure: Figure }[];

/** What a page with these figures is called. */
export const titleOf = (drawn: Drawn): string =>
  drawn.some(({ figure }) => isOfPaper(figure)) ? 'The paper’s figures' : 'Figures beside the paper’s';

/** Which of them stand in the paper, and whose statements the others are held against. */
function sourceOf(drawn: Drawn): string {
  const numbers = drawn.flatMap(({ figure }) => (isOfPaper(figure) ? figure.name : []));
  const others = drawn.flatMap(({ figure }) => (isOfPaper(figure) ? [] : figure.name));
  const paper = `Figures ${numbers.join(', ')} of T. Dreibholz and E. P. Rathgeb, <cite>Overview and
Evaluation of the Server Redundancy and Session Failover Mechanisms in the Reliable Server Pooling Framework</cite>,
simulated by rsplab. What the paper leaves open, such as how much “about” is, was chosen by us and is said beside each; the
readings of Figures 7, 9, 11 and 12 were settled after a look at data of seed 1, so other seeds are the fairer test.`;
  const own = `The paper does not have ${others.join(', ')}: what is said about them is what we expect, or found with seed 1.`;
  return [...(numbers.length > 0 ? [paper] : []), ...(others.length > 0 ? [own] : [])].join('\n');
}

function markupOf(drawn: readonly DrawnFigure[]): string {
  const claims = drawn.flatMap((each) => each.claims);
  const holding = claims.filter(({ finding }) => finding.verdict === 'holds').length;
  return `<header>
<h1>${titleOf(drawn)}</h1>
<p>${sourceOf(drawn)}</p>
<p>Bars are 95 % confidence intervals. Of ${claims.length} statements that were tested, ${holding} hold in these data.</p>
${navigation(drawn)}
</header>
<main>
${drawn.map(sectionOf).join('\n')}
</main>`;
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
  return `<section id="${fileBase(figure)}">
<h2>${escapeXml(headingOf(figure))}</h2>
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

/** A statement with its verdict, test and numbers, as an item of a list. */
export function claimOf({ text, place, finding, note }: ExaminedClaim): string {
  const { sign, style } = marks[finding.verdict];
  return `<li><span class="verdict ${style}">${sign} ${finding.verdict}</span> ${escapeXml(text)}
<small>(${escapeXml(place)})</small>${note ? ` ${escapeXml(note)}` : ''}
<details><summary>test and numbers</summary><p>${escapeXml(finding.test)}</p>
<ul>${finding.numbers.map((each) => `<li>${escapeXml(each)}</li>`).join('')}</ul></details></li>`;
}
