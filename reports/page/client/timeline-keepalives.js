/** Keep-alives of sessions on the timeline: ticks where one has zoomed in, crosses where no answer came. */

/**
 * @typedef {{ from: number, to: number, sent: number[], took: number[], silent: number[] }} KeepAlives from one lane to
 *   another; `took` is −1 and `silent` has the index where no answer came
 */

/** Milliseconds per pixel up to which the answered ones are told apart. */
const ticksUpTo = 50;
/** Milliseconds that an answer may take and still reach into view from before. */
const longestSeen = 2000;

/** @param {View} view */
const perPixelOf = ({ from, to, left, width }) => (to - from) / Math.max(1, width - left);

/** @param {TimelineData} data whose beginnings are differences @returns {Map<number, KeepAlives[]>} by lane */
function keepAlivesByLane({ keepAlives }) {
  /** @type {Map<number, KeepAlives[]>} */
  const lanes = new Map();
  for (const pair of keepAlives) {
    let time = 0;
    const sent = pair.sent.map((step) => {
      time += step;
      return time;
    });
    const silent = pair.took.flatMap((took, index) => (took < 0 ? [index] : []));
    for (const lane of [pair.from, pair.to]) lanes.set(lane, [...(lanes.get(lane) ?? []), { ...pair, sent, silent }]);
  }
  return lanes;
}

/** The first that was sent at a time or later. @param {readonly number[]} sent @param {number} time */
function firstSince(sent, time) {
  let [low, high] = [0, sent.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sent[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a host sends hangs from the top of its lane, what it gets stands below. @param {CanvasRenderingContext2D} context @param {readonly KeepAlives[]} pairs @param {Row} row @param {number} y @param {View} view @param {Inks} inks */
function paintKeepAlives(context, pairs, { index: lane, height }, y, view, inks) {
  const perPixel = perPixelOf(view);
  if (perPixel <= ticksUpTo) {
    context.fillStyle = inks.ink;
    for (const { from, sent, took } of pairs) {
      const [top, bar] = from === lane ? [y, y] : [y + height - 5, y + height - 1];
      for (let at = firstSince(sent, view.from - longestSeen); at < sent.length && (sent[at] ?? 0) <= view.to; at++) {
        const wait = took[at] ?? -1;
        if (wait < 0) continue;
        const x = Math.floor(xOf(view, sent[at] ?? 0));
        context.fillRect(x, top, 1, 5);
        context.fillRect(x, bar, Math.max(1, wait / perPixel), 1);
      }
    }
  }
  for (const { sent, silent } of pairs) {
    let reached = -1;
    for (const at of silent) {
      const x = Math.round(xOf(view, sent[at] ?? 0));
      if (x < view.left || x > view.width || x < reached + 2) continue;
      reached = x;
      paintCross(context, x, y + height / 2, inks);
    }
  }
}

/** On whatever ground. @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {Inks} inks */
function paintCross(context, x, y, inks) {
  context.beginPath();
  for (const slope of [-1, 1]) {
    context.moveTo(x - 3.5, y - 3.5 * slope);
    context.lineTo(x + 3.5, y + 3.5 * slope);
  }
  for (const [ink, width] of /** @type {const} */ ([
    ['surface', 4.5],
    ['ink', 1.8],
  ])) {
    context.strokeStyle = inks[ink];
    context.lineWidth = width;
    context.stroke();
  }
}

/** What lies under the pointer. @param {readonly KeepAlives[]} pairs @param {number} lane @param {number} time @param {View} view @param {readonly PackedLane[]} lanes @returns {string[]} */
function keepAliveTexts(pairs, lane, time, view, lanes) {
  const perPixel = perPixelOf(view);
  return pairs.flatMap(({ from, to, sent, took, silent }) => {
    const who = from === lane ? `to ${lanes[to]?.name}` : `from ${lanes[from]?.name}`;
    const near = (/** @type {number} */ at) => Math.abs((sent[at] ?? 0) - time) <= 4 * perPixel;
    const texts = silent.filter(near).map(() => `keep-alive ${who}: no answer`);
    if (perPixel > ticksUpTo) return texts;
    for (let at = firstSince(sent, time - 4 * perPixel); at < sent.length && near(at); at++) {
      if ((took[at] ?? -1) >= 0) texts.push(`keep-alive ${who}, answered after ${duration((took[at] ?? 0) / 1e3)}`);
    }
    return texts;
  });
}
