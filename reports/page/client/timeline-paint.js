/** Draws the visible part of the timeline on a canvas: only what lies in view, and nothing twice on one spot. */

/**
 * @typedef {{ name: string, kind: string, start: number[], length: number[], what: number[], ref: number[] }} PackedLane
 * @typedef {{ user: number, old: number, fresh: number, fault: number, resumed: number, request: number, text: string }} Move
 * @typedef {{ to: number, window: [number, number] | null, busiest: number, kinds: string[], lanes: PackedLane[],
 *   faults: string[], moves: Move[], phases: [string, number][],
 *   keepAlives: { from: number, to: number, sent: number[], took: number[] }[] }} TimelineData times in milliseconds
 * @typedef {{ lane: PackedLane, index: number, y: number, height: number }} Row
 * @typedef {{ from: number, to: number, left: number, width: number, height: number, scroll: number }} View
 */

const axisHeight = 26;
const movesMost = 40;

const inkNames = {
  queued: '--state-queued',
  starting: '--state-starting',
  running: '--state-running',
  serving: '--state-running',
  stalled: '--state-stalled',
  down: '--state-down',
  ink: '--ink',
  muted: '--muted',
  line: '--line',
  raised: '--raised',
  surface: '--surface',
  accent: '--accent',
};
/** @typedef {Record<keyof typeof inkNames, string>} Inks */

const readInks = () =>
  /** @type {Inks} */ (Object.fromEntries(Object.entries(inkNames).map(([key, name]) => [key, colour(name)])));

/** @param {View} view @param {number} time */
const xOf = ({ from, to, left, width }, time) => left + ((time - from) / (to - from)) * (width - left);

/** @param {CanvasRenderingContext2D} context @param {TimelineData} data @param {Map<number, KeepAlives[]>} keepAlives @param {readonly Row[]} rows @param {View} view @param {Inks} inks */
function paint(context, data, keepAlives, rows, view, inks) {
  const { width, height, left, scroll } = view;
  context.clearRect(0, 0, width, height);
  context.fillStyle = inks.surface;
  context.fillRect(0, 0, width, height);
  paintGround(context, data, view, inks);
  context.save();
  context.beginPath();
  context.rect(0, axisHeight, width, height - axisHeight);
  context.clip();
  for (const row of rows) {
    const y = row.y - scroll;
    if (y + row.height < axisHeight || y > height) continue;
    paintLane(context, data, row, y, view, inks);
    paintKeepAlives(context, keepAlives.get(row.index) ?? [], row, y, view, inks);
  }
  paintMoves(context, data, rows, view, inks);
  context.fillStyle = inks.surface;
  context.fillRect(0, axisHeight, left - 1, height);
  paintNames(context, rows, view, inks);
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {TimelineData} data @param {View} view @param {Inks} inks */
function paintGround(context, data, view, inks) {
  const { width, height, left, from, to } = view;
  context.save();
  context.beginPath();
  context.rect(left, 0, width - left, height);
  context.clip();
  if (data.window) {
    context.fillStyle = inks.raised;
    const [begin, end] = [xOf(view, data.window[0]), xOf(view, data.window[1])];
    context.fillRect(left, axisHeight, begin - left, height);
    context.fillRect(end, axisHeight, width - end, height);
  }
  context.font = '12px system-ui, sans-serif';
  context.textAlign = 'center';
  const step = stepFor((to - from) / Math.max(1, (width - left) / 90));
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) {
    const x = Math.round(xOf(view, tick)) + 0.5;
    context.fillStyle = inks.line;
    context.fillRect(x, axisHeight - 5, 1, height);
    context.fillStyle = inks.muted;
    context.fillText(tickText(tick, step), Math.min(width - 24, Math.max(left + 20, x)), 15);
  }
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {TimelineData} data @param {Row} row @param {number} y @param {View} view @param {Inks} inks */
function paintLane(context, data, { lane, height }, y, view, inks) {
  const { left, width } = view;
  context.fillStyle = inks.line;
  context.fillRect(left, y + height + 1, width - left, 0.5);
  /** Where the last span of each kind ended. */
  const reached = data.kinds.map(() => -1);
  for (let index = 0; index < lane.start.length; index++) {
    const start = lane.start[index] ?? 0;
    const end = start + (lane.length[index] ?? 0);
    if (end < view.from || start > view.to) continue;
    const what = lane.what[index] ?? 0;
    // Whole pixels, and two of them for a stall: the rare and short is what one looks for.
    const x = Math.max(left, Math.floor(xOf(view, start)));
    const right = Math.max(Math.min(width, xOf(view, end)), x + (data.kinds[what] === 'stalled' ? 2 : 1));
    if (right <= (reached[what] ?? -1) + 0.4) continue;
    reached[what] = right;
    const kind = /** @type {keyof Inks} */ (data.kinds[what]);
    const share = kind === 'serving' ? (lane.ref[index] ?? 1) / data.busiest : kind === 'queued' ? 0.3 : 1;
    context.fillStyle = inks[kind];
    context.globalAlpha = kind === 'down' ? 0.8 : 1;
    context.fillRect(x, y + height * (1 - share), right - x, height * share);
    context.globalAlpha = 1;
  }
}

/** From the element that failed to the user, and from there to the one that took over. @param {CanvasRenderingContext2D} context @param {TimelineData} data @param {readonly Row[]} rows @param {View} view @param {Inks} inks */
function paintMoves(context, data, rows, view, inks) {
  const shown = data.moves.filter(({ fault, resumed }) => resumed >= view.from && fault <= view.to);
  if (shown.length > movesMost) return;
  const middles = new Map(rows.map(({ index, y, height }) => [index, y + height / 2 - view.scroll]));
  context.lineWidth = 1.3;
  for (const { user, old, fresh, fault, resumed } of shown) {
    const stem = (
      /** @type {number} */ host,
      /** @type {number} */ time,
      /** @type {string} */ ink,
      /** @type {number[]} */ dash,
    ) => {
      const [from, to] = [middles.get(host), middles.get(user)];
      if (from === undefined || to === undefined) return;
      const x = Math.round(xOf(view, time)) + 0.5;
      if (x < view.left) return;
      context.strokeStyle = ink;
      context.setLineDash(dash);
      context.beginPath();
      context.moveTo(x, from);
      context.lineTo(x, to);
      context.stroke();
    };
    stem(old, fault, inks.stalled, [3, 3]);
    stem(fresh, resumed, inks.ink, []);
  }
  context.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} context @param {readonly Row[]} rows @param {View} view @param {Inks} inks */
function paintNames(context, rows, { left, height, scroll }, inks) {
  context.font = '12px system-ui, sans-serif';
  context.textAlign = 'right';
  context.fillStyle = inks.ink;
  for (const row of rows) {
    const y = row.y - scroll + row.height / 2 + 4;
    if (y > 0 && y < height + 12) context.fillText(row.lane.name, left - 7, y, left - 10);
  }
}

/** A round step of milliseconds, at least `least`. @param {number} least */
function stepFor(least) {
  const steps = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 3e4, 6e4, 12e4, 3e5, 6e5, 12e5, 18e5, 36e5,
  ];
  return steps.find((step) => step >= least) ?? 72e5;
}

/** @param {number} milliseconds @param {number} step */
function tickText(milliseconds, step) {
  if (step >= 6e4) return `${Math.round(milliseconds / 6e4)} min`;
  return `${(milliseconds / 1e3).toFixed(step >= 1e3 ? 0 : step >= 100 ? 1 : step >= 10 ? 2 : 3)} s`;
}
