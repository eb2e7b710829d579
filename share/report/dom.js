// @ts-check
// Small pieces of the page: elements, choices, tables that sort, files that are saved. No knowledge of soils.
'use strict';

(() => {
  const {number, whole} = globalThis.report;

  /** An element with attributes and children (nodes or words). */
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
      else if (value !== undefined && value !== null && value !== false) made.setAttribute(name, value === true ? '' : value);
    }
    made.append(...children.filter((c) => c !== null && c !== undefined && c !== ''));
    return made;
  };

  let groups = 0;

  /** A row of choices of which one holds; {element, set(value)}. */
  const choices = (legend, entries, value, changed) => {
    const group = `choice-${++groups}`;
    const inputs = entries.map(([v, label]) => {
      const input = element('input', {type: 'radio', name: group, value: String(v), checked: v === value, onchange: () => changed(v)});
      return {v, input, row: element('label', {class: 'choice'}, input, element('span', {}, label))};
    });
    return {element: element('fieldset', {}, element('legend', {}, legend), ...inputs.map((i) => i.row)),
      set: (v) => inputs.forEach((i) => { i.input.checked = i.v === v; })};
  };

  /** A list of which one is picked, with steps to the one before and the next; {element, set(value)}. */
  const picker = (label, entries, value, changed) => {
    const id = `picker-${++groups}`;
    const list = element('select', {id, onchange: () => changed(Number(list.value))}, ...entries.map(([v, words]) => element('option', {value: String(v), selected: v === value}, words)));
    const step = (by) => { const at = list.selectedIndex + by; if (at >= 0 && at < entries.length) changed(entries[at][0]); };
    return {element: element('span', {class: 'picker'}, element('label', {for: id}, label), list,
      element('button', {type: 'button', 'aria-label': `${label} before`, onclick: () => step(-1)}, '‹'),
      element('button', {type: 'button', 'aria-label': `${label} after`, onclick: () => step(1)}, '›')),
    set: (v) => { list.value = String(v); }};
  };

  /** Saves a text or a picture under a name. */
  const save = (name, content, type) => {
    const url = typeof content === 'string' && content.startsWith('data:') ? content : URL.createObjectURL(new Blob([content], {type}));
    const link = element('a', {href: url, download: name});
    document.body.append(link);
    link.click();
    link.remove();
    if (url.startsWith('blob:')) setTimeout(() => URL.revokeObjectURL(url), 1000);
  };

  const quoted = (value) => {
    if (value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return '';
    const text = String(typeof value === 'number' ? Number(value.toPrecision(7)) : value);
    return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };

  const csv = ({columns, rows}) => [columns, ...rows].map((row) => row.map(quoted).join(',')).join('\n') + '\n';

  const byValue = (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    if (a === null || a === undefined) return 1;
    if (b === null || b === undefined) return -1;
    return String(a).localeCompare(String(b), 'en', {numeric: true});
  };

  const cell = (value, column) => {
    if (column.digits === undefined) return element('td', {}, value ?? '–');
    if (column.name === 'p') return element('td', {class: 'n'}, value !== null && value < 0.001 ? '< 0.001' : number(value, 2));
    return element('td', {class: 'n'}, column.digits ? number(value, column.digits) : whole(value ?? NaN));
  };

  /** A table whose heads sort it. */
  const table = ({columns, rows, title}) => {
    const body = element('tbody');
    let shown = rows;
    const fill = () => body.replaceChildren(...shown.map((row) => element('tr', {}, ...row.map((v, i) => cell(v, columns[i])))));
    const heads = columns.map((c, i) => {
      const head = element('th', {scope: 'col', class: c.digits === undefined ? null : 'n'}, element('button', {type: 'button', onclick: () => {
        const down = head.getAttribute('aria-sort') === 'ascending';
        heads.forEach((h) => h.removeAttribute('aria-sort'));
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        shown = [...rows].sort((a, b) => (down ? byValue(b[i], a[i]) : byValue(a[i], b[i])));
        fill();
      }}, c.name));
      return head;
    });
    fill();
    return element('table', {'aria-label': title}, element('thead', {}, element('tr', {}, ...heads)), body);
  };

  /** Terms and what they are. */
  const definitions = (entries) => element('dl', {}, ...entries.flatMap(([term, words]) => [element('dt', {}, term), element('dd', {}, String(words))]));

  Object.assign(globalThis.report, {dom: {element, choices, picker, save, csv, table, definitions}});
})();
