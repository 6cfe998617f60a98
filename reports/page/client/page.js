/** What every page needs: the theme, downloads, data that came packed, and the colours for what is drawn by hand. */

const root = document.documentElement;

/** @param {string} selector @param {ParentNode} [within] @returns {HTMLElement[]} */
const all = (selector, within = document) =>
  [...within.querySelectorAll(selector)].map((it) => /** @type {HTMLElement} */ (it));

/** @param {string} name @returns {string | null} */
function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A page from disk may not be allowed to; then it forgets.
  }
}

const systemDark = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : systemDark.matches);

function startTheme() {
  const kept = recall('rsplab-theme');
  if (kept === 'dark' || kept === 'light') root.dataset.theme = kept;
  for (const button of all('[data-theme-switch]')) {
    const label = () => {
      button.textContent = isDark() ? 'Light theme' : 'Dark theme';
    };
    button.hidden = false;
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      remember('rsplab-theme', root.dataset.theme);
      document.dispatchEvent(new Event('themechange'));
    });
    document.addEventListener('themechange', label);
    label();
  }
  systemDark.addEventListener('change', () => document.dispatchEvent(new Event('themechange')));
}

/**
 * A colour of the style sheet as the browser computes it.
 * @param {string} name e.g. `--ink`
 */
function colour(name) {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  root.append(probe);
  const computed = getComputedStyle(probe).color;
  probe.remove();
  return computed;
}

/** @param {Blob} blob @param {string} name of the file */
function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * Data that the page carries: JSON, compressed, in base64.
 * @param {string} id of the element that holds it
 * @returns {Promise<any>} null where there is none
 */
async function unpack(id) {
  const element = document.getElementById(id);
  if (!element) return null;
  const bytes = Uint8Array.from(atob(element.textContent ?? ''), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

const tip = document.createElement('div');
tip.className = 'tip';
tip.hidden = true;
tip.setAttribute('role', 'tooltip');

/** @param {string} text @param {number} x of the window @param {number} y */
function showTip(text, x, y) {
  if (!tip.isConnected) document.body.append(tip);
  tip.textContent = text;
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - width - 6))}px`;
  tip.style.top = `${y + 18 + height > innerHeight ? Math.max(4, y - height - 10) : y + 18}px`;
}

function hideTip() {
  tip.hidden = true;
}

/** Seconds for people, as the rest of the page writes them. @param {number} seconds */
function duration(seconds) {
  const size = Math.abs(seconds);
  if (size < 0.9995) return `${Number((seconds * 1e3).toPrecision(3))} ms`;
  if (size < 119.5) return `${Number(seconds.toPrecision(3))} s`;
  const whole = Math.round(seconds);
  return `${Math.trunc(whole / 60)} min ${Math.abs(whole % 60)} s`;
}

document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') hideTip();
});
startTheme();
