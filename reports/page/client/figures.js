/** Figures: saved one by one for papers, in the light theme on white; marks tell their values when pointed at. */

/** @param {SVGSVGElement} figure @returns {{ text: string, width: number, height: number }} a file of its own */
function standalone(figure) {
  const copy = /** @type {SVGSVGElement} */ (figure.cloneNode(true));
  const { width, height } = figure.viewBox.baseVal;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.setAttribute('font-family', 'Helvetica, Arial, "DejaVu Sans", sans-serif');
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

const pixelsPerUnit = 3;

/** @param {{ text: string, width: number, height: number }} svg @returns {Promise<Blob>} */
async function asPng({ text, width, height }) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width * pixelsPerUnit;
  canvas.height = height * pixelsPerUnit;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('this browser made no PNG'))), 'image/png'),
  );
}

for (const button of all('[data-save]')) {
  // Not the samples of a legend.
  const svg = /** @type {SVGSVGElement | null | undefined} */ (
    button.closest('figure')?.querySelector('svg[role="img"]')
  );
  if (!svg) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const name = button.dataset.name ?? 'figure';
    const alone = standalone(svg);
    if (button.dataset.save === 'svg') download(new Blob([alone.text], { type: 'image/svg+xml' }), `${name}.svg`);
    else download(await asPng(alone), `${name}.png`);
  });
}

/** @param {Event} event @returns {string | undefined} */
function titleUnder({ target }) {
  const mark = target instanceof Element ? target.closest('[data-tip]') : null;
  return mark?.getAttribute('data-tip') ?? undefined;
}

document.addEventListener('pointermove', (event) => {
  if (event.target instanceof HTMLCanvasElement) return;
  const text = titleUnder(event);
  if (text) showTip(text, event.clientX, event.clientY);
  else hideTip();
});
