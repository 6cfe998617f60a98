/** The timeline that can be zoomed, moved, searched and asked: by mouse, finger or keyboard. */

class TimelineView {
  /** @param {HTMLElement} holder @param {TimelineData} data @param {() => Promise<any>} requests */
  constructor(holder, data, requests) {
    this.data = data;
    this.requests = requests;
    this.keepAlives = keepAlivesByLane(data);
    this.frame = /** @type {HTMLElement} */ (holder.querySelector('.timeline-frame'));
    this.canvas = /** @type {HTMLCanvasElement} */ (holder.querySelector('canvas'));
    this.spacer = /** @type {HTMLElement} */ (holder.querySelector('.timeline-spacer'));
    this.range = /** @type {HTMLElement} */ (holder.querySelector('[data-range]'));
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.inks = readInks();
    /** @type {Row[]} */
    this.rows = [];
    this.view = { from: 0, to: data.to, left: 60, width: 0, height: 0, scroll: 0 };
    this.move = -1;
    this.pending = false;
    /** Counts what was pointed at, so that a late answer shows nothing. */
    this.asked = 0;
    this.query = '';
    this.stalledOnly = false;
    this.layOut();
    this.#listen(holder);
  }

  /** Places the lanes that are asked for, and fits the canvas to the frame. */
  layOut() {
    const words = this.query
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((word) => word !== '');
    const stalled = new Set(this.data.moves.map(({ user }) => user));
    let y = axisHeight + 2;
    this.rows = this.data.lanes.flatMap((lane, index) => {
      const named = words.length === 0 || words.some((word) => lane.name.toLowerCase().includes(word));
      if (!named || (this.stalledOnly && lane.kind === 'poolUser' && !stalled.has(index))) return [];
      const row = { lane, index, y, height: lane.kind === 'poolElement' ? 24 : 14 };
      y += row.height + 4;
      return [row];
    });
    const width = this.frame.clientWidth;
    const most = parseFloat(getComputedStyle(this.frame).maxHeight) || 600;
    const height = Math.ceil(Math.min(y + 2, most));
    const scale = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.context.setTransform(scale, 0, 0, scale, 0, 0);
    this.spacer.style.height = `${Math.max(0, y + 2 - height)}px`;
    Object.assign(this.view, { width, height, left: width < 500 ? 46 : 62 });
    this.draw();
  }

  draw() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.view.scroll = this.frame.scrollTop;
      paint(this.context, this.data, this.keepAlives, this.rows, this.view, this.inks);
    });
  }

  /** @param {number} from @param {number} to in milliseconds */
  show(from, to) {
    const span = Math.max(20, Math.min(to - from, this.data.to));
    const begin = Math.max(0, Math.min(from, this.data.to - span));
    Object.assign(this.view, { from: begin, to: begin + span });
    this.range.textContent = `${duration(begin / 1e3)} to ${duration((begin + span) / 1e3)}`;
    this.draw();
  }

  /** @param {number} factor below 1 to see more detail @param {number} [around] the time that stays where it is */
  zoom(factor, around = (this.view.from + this.view.to) / 2) {
    const { from, to } = this.view;
    this.show(around - (around - from) * factor, around + (to - around) * factor);
  }

  /** @param {number} share of what is in view; negative for earlier */
  pan(share) {
    const { from, to } = this.view;
    this.show(from + (to - from) * share, to + (to - from) * share);
  }

  /** Shows one failover with what was before and after it. @param {number} step forward or back */
  async nextMove(step) {
    const { moves } = this.data;
    if (moves.length === 0) return;
    this.move = (this.move + step + moves.length) % moves.length;
    const { fault, resumed, user, text } = /** @type {Move} */ (moves[this.move]);
    const span = Math.max(200, resumed - fault);
    this.show(fault - 0.6 * span, resumed + 0.6 * span);
    const row = this.rows.find(({ index }) => index === user);
    if (row) this.frame.scrollTop = Math.max(0, row.y - this.view.height / 2);
    this.range.textContent = `Failover ${this.move + 1} of ${moves.length}: ${text}`;
    const box = this.canvas.getBoundingClientRect();
    if (row) showTip(text, box.left + xOf(this.view, resumed), box.top + row.y - this.frame.scrollTop + row.height);
  }

  /** @param {number} x @param {number} y within the canvas @returns {Promise<string | undefined>} */
  async textAt(x, y) {
    const { left, scroll, from, to, width } = this.view;
    const row = this.rows.find((each) => y + scroll >= each.y - 2 && y + scroll <= each.y + each.height + 2);
    if (!row || y < axisHeight) return undefined;
    const perPixel = (to - from) / (width - left);
    const time = from + (x - left) * perPixel;
    const { lane } = row;
    const found = lane.start.flatMap((start, index) =>
      start - 2 * perPixel <= time && time <= start + (lane.length[index] ?? 0) + 2 * perPixel ? [index] : [],
    );
    const at = `${lane.name} at ${(time / 1e3).toFixed(perPixel < 10 ? 3 : 1)} s`;
    const asked = keepAliveTexts(this.keepAlives.get(row.index) ?? [], row.index, time, this.view, this.data.lanes);
    if (x < left || found.length + asked.length === 0) return x < left ? lane.name : `${at}: nothing to do`;
    const requests = await this.requests();
    const texts = found.slice(-5).map((index) => this.#describe(lane, index, requests));
    return [at, ...new Set([...texts, ...asked.slice(0, 5)])].join('\n');
  }

  /** @param {PackedLane} lane @param {number} index @param {TableData | null} requests */
  #describe(lane, index, requests) {
    const kind = this.data.kinds[lane.what[index] ?? 0];
    const ref = lane.ref[index] ?? 0;
    const length = duration((lane.length[index] ?? 0) / 1e3);
    if (kind === 'serving') return `serving ${ref} ${ref === 1 ? 'request' : 'requests'} for ${length}`;
    if (kind === 'down') return this.data.faults[ref] ?? 'down';
    const field = (/** @type {string} */ name) => requests?.columns[requests.heads.indexOf(name)]?.[ref] ?? null;
    const size = field('size_calculations');
    const what = {
      queued: 'waits in the queue',
      starting: 'looks for an element',
      running: 'is accepted',
      stalled: 'is stalled',
    }[kind ?? ''];
    return [
      `request ${field('id')} ${what} for ${length}`,
      field('state') === 'completed'
        ? ''
        : `, and is ${field('state') === 'open' ? 'not finished' : field('state')} at the end`,
      size === null ? '' : `; ${Number(size).toLocaleString('en-US')} calculations`,
      kind === 'running' && field('element') ? `, last on ${field('element')}` : '',
    ].join('');
  }

  /** @param {HTMLElement} holder */
  #listen(holder) {
    this.#listenToButtons(holder);
    this.#listenToPointer();
    this.canvas.addEventListener('keydown', (event) => {
      const act = this.#keys()[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    });
    this.canvas.addEventListener('blur', hideTip);
    this.canvas.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey && !event.shiftKey) return;
        event.preventDefault();
        const { left, width, from, to } = this.view;
        const share = Math.max(0, (event.offsetX - left) / (width - left));
        this.zoom(event.deltaY + event.deltaX > 0 ? 1.25 : 0.8, from + share * (to - from));
      },
      { passive: false },
    );
    this.frame.addEventListener('scroll', () => this.draw(), { passive: true });
    new ResizeObserver(() => {
      if (this.frame.clientWidth !== this.view.width) this.layOut();
    }).observe(this.frame);
    document.addEventListener('themechange', () => {
      this.inks = readInks();
      this.draw();
    });
  }

  /** @returns {Record<string, () => void>} */
  #keys() {
    return {
      ArrowLeft: () => this.pan(-0.2),
      ArrowRight: () => this.pan(0.2),
      '+': () => this.zoom(0.6),
      '=': () => this.zoom(0.6),
      '-': () => this.zoom(1 / 0.6),
      0: () => this.show(0, this.data.to),
      Home: () => this.show(0, this.data.to),
      n: () => this.nextMove(1),
      p: () => this.nextMove(-1),
    };
  }

  /** @param {HTMLElement} holder */
  #listenToButtons(holder) {
    for (const button of all('[data-key]', holder)) {
      button.addEventListener('click', () => this.#keys()[button.dataset.key ?? '']?.());
    }
    const hosts = /** @type {HTMLInputElement | null} */ (holder.querySelector('[data-hosts]'));
    hosts?.addEventListener('input', () => {
      this.query = hosts.value;
      this.layOut();
    });
    const stalled = /** @type {HTMLInputElement | null} */ (holder.querySelector('[data-stalled]'));
    stalled?.addEventListener('change', () => {
      this.stalledOnly = stalled.checked;
      this.layOut();
    });
  }

  #listenToPointer() {
    /** Where a drag began. @type {number | null} */
    let begun = null;
    const timeAt = (/** @type {number} */ x) =>
      this.view.from +
      (Math.max(0, x - this.view.left) / (this.view.width - this.view.left)) * (this.view.to - this.view.from);
    this.canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      begun = event.offsetX;
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener('pointermove', async (event) => {
      const { offsetX, offsetY, clientX, clientY } = event;
      if (begun !== null && Math.abs(offsetX - begun) > 4) {
        hideTip();
        this.draw();
        const x = begun;
        requestAnimationFrame(() => {
          this.context.fillStyle = this.inks.accent;
          this.context.globalAlpha = 0.2;
          this.context.fillRect(x, axisHeight, offsetX - x, this.view.height);
          this.context.globalAlpha = 1;
        });
        return;
      }
      const asked = ++this.asked;
      const text = await this.textAt(offsetX, offsetY);
      if (asked !== this.asked) return;
      if (text) showTip(text, clientX, clientY);
      else hideTip();
    });
    this.canvas.addEventListener('pointerup', (event) => {
      if (begun !== null && Math.abs(event.offsetX - begun) > 4) {
        this.show(Math.min(timeAt(begun), timeAt(event.offsetX)), Math.max(timeAt(begun), timeAt(event.offsetX)));
      }
      begun = null;
    });
    this.canvas.addEventListener('pointercancel', () => {
      begun = null;
      this.draw();
    });
    this.canvas.addEventListener('pointerleave', () => {
      this.asked++;
      hideTip();
    });
    this.canvas.addEventListener('dblclick', () => this.show(0, this.data.to));
  }
}

/** Lanes carry their spans' beginnings as differences. @param {TimelineData} data */
function unfold(data) {
  for (const lane of data.lanes) {
    let time = 0;
    lane.start = lane.start.map((step) => {
      time += step;
      return time;
    });
  }
  return data;
}

for (const holder of all('.timeline')) {
  /** @type {Promise<any> | undefined} */
  let requests;
  const getRequests = () => {
    requests ??= unpack('table-requests');
    return requests;
  };
  unpack('timeline-data').then((data) => {
    if (!data) return;
    holder.hidden = false;
    holder.closest('figure')?.classList.add('live');
    new TimelineView(holder, unfold(data), getRequests);
    holder.dataset.ready = '';
  });
}
