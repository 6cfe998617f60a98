/** The index: rows are shown or hidden by what is chosen above them; the address keeps the choice. */

for (const form of document.querySelectorAll('form[data-filters]')) {
  if (!(form instanceof HTMLFormElement)) continue;
  const rows = all('[data-list] tbody tr');
  const texts = rows.map((row) => (row.textContent ?? '').toLowerCase());
  const shown = form.querySelector('[data-shown]');
  const none = /** @type {HTMLElement | null} */ (document.querySelector('[data-none]'));

  const filter = () => {
    const chosen = [...new FormData(form)].flatMap(([name, value]) => (value === '' ? [] : [[name, String(value)]]));
    const words = String(new FormData(form).get('text') ?? '')
      .toLowerCase()
      .split(/\s+/);
    let count = 0;
    rows.forEach((row, index) => {
      const fits = chosen.every(([name, value]) => name === 'text' || row.dataset[name ?? ''] === value);
      row.hidden = !fits || !words.every((word) => texts[index]?.includes(word));
      if (!row.hidden) count++;
    });
    if (shown) shown.textContent = `${count} of ${rows.length} shown`;
    if (none) none.hidden = count > 0;
    history.replaceState(null, '', chosen.length > 0 ? `#${new URLSearchParams(chosen)}` : location.pathname);
  };

  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value;
  }
  form.hidden = false;
  form.addEventListener('input', filter);
  form.addEventListener('reset', () => setTimeout(filter));
  form.addEventListener('submit', (event) => event.preventDefault());
  filter();
}
