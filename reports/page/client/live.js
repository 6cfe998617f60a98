/** Fills the live page from the run's events, and fetches the report when it is there. */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {{ elements: string[], phases: { settle: number, warmUp: number, measure: number, drain: number } }} */
const facts = JSON.parse(byId('live-facts').textContent ?? '');

const phaseNames = {
  open: 'Making hosts and networks',
  deploy: 'Starting registrars and pool elements',
  settle: 'Pool elements are registered',
  warmUp: 'Pool users are running, nothing counts yet',
  measure: 'Measuring',
  drain: 'No more faults, running requests may finish',
  collect: 'Ending components, collecting files',
  end: 'The lab is closed, dissecting the capture',
};

/** @type {Map<string, { sessions: HTMLElement, state: HTMLElement }>} */
const rows = new Map();
for (const name of facts.elements) {
  const row = document.createElement('tr');
  const [title, sessions, state] = [
    document.createElement('th'),
    document.createElement('td'),
    document.createElement('td'),
  ];
  title.scope = 'row';
  title.textContent = name;
  sessions.textContent = '0';
  state.textContent = 'up';
  row.append(title, sessions, state);
  byId('live-sessions').append(row);
  rows.set(name, { sessions, state });
}

let phaseText = '';
let settledAt = 0;
const total = facts.phases.settle + facts.phases.warmUp + facts.phases.measure + facts.phases.drain;

/** @param {any} event @param {number} at when, seconds since the epoch */
function take(event, at) {
  if (event.event === 'phase') {
    phaseText = phaseNames[/** @type {keyof typeof phaseNames} */ (event.phase)];
    if (event.phase === 'settle') settledAt = at * 1000;
  } else if (event.event === 'sessions') {
    for (const [name, row] of rows) row.sessions.textContent = String(event.elements[name] ?? 0);
  } else if (event.event === 'faultInjected') {
    const item = document.createElement('li');
    item.textContent = `${event.injectedAt.toFixed(1)} s: ${event.kind} on ${event.host}${event.network ? ` (${event.network})` : ''}. ${event.evidence ?? 'Nothing shows that it took effect.'}`;
    byId('live-faults').append(item);
    stateOf(event.host, event.kind);
  } else if (event.event === 'faultHealed') {
    stateOf(event.host, 'up');
  } else if (event.event === 'broken') {
    phaseText = `Broken: ${event.reason}`;
  }
}

/** @param {string} host @param {string} text */
function stateOf(host, text) {
  const row = rows.get(host);
  if (row) row.state.textContent = text;
}

setInterval(() => {
  const passed = settledAt === 0 ? 0 : Math.min(total, (Date.now() - settledAt) / 1000);
  const left = settledAt === 0 ? '' : ` – about ${Math.ceil(total - passed)} s of the plan left`;
  byId('live-phase').textContent = phaseText + left;
  /** @type {HTMLProgressElement} */ (byId('live-progress')).value = total === 0 ? 0 : passed / total;
}, 500);

const source = new EventSource(`/events${location.search}`);
source.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.kind === 'event') take(message.event, message.at);
  if (message.kind === 'speed') {
    const speed =
      message.percentOfCapacity === null
        ? ''
        : `, at ${message.percentOfCapacity.toFixed(1)} % of an element's capacity`;
    byId('live-speed').textContent = `${message.completed} requests completed so far${speed}.`;
  }
  if (message.kind === 'finished') {
    source.close();
    location.reload();
  }
};
