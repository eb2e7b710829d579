// @ts-check
// The page itself: sections, figures that are drawn when they come into view, choices that redraw them.
'use strict';

(() => {
  const report = globalThis.report;
  const {element, choices, picker, save, csv, table, definitions} = report.dom;
  const {number, whole, listed, capital, fixed} = report;
  const {world} = report;

  const SECTIONS = [
    {id: 'answer', name: 'Answer', title: 'The answer', controls: ['pair']},
    {id: 'sites', name: 'Sites', title: 'Sites', controls: ['sitesBy']},
    {id: 'soc', name: 'Carbon', title: 'Soil organic carbon before and after', controls: ['depth', 'pair', 'classBy']},
    {id: 'truth', name: 'Truth', title: 'Against the known truth', controls: ['depth']},
    {id: 'components', name: 'Components', title: 'The components behind it', controls: ['pair', 'parameterisation', 'variant']},
    {id: 'residence', name: 'Residence', title: 'Residence times and the way from litter to mineral soil', controls: ['pair', 'parameterisation', 'variant']},
    {id: 'site', name: 'One site', title: 'One site', controls: ['site']},
    {id: 'saturation', name: 'Saturation', title: 'Do rates saturate?'},
    {id: 'skill', name: 'Skill', title: 'Skill at measured profiles'},
    {id: 'health', name: 'Sampler', title: 'The sampler’s health'},
    {id: 'dropped', name: 'Dropped', title: 'What was dropped, and why', controls: ['classBy']},
    {id: 'numbers', name: 'Numbers', title: 'All numbers'},
    {id: 'provenance', name: 'Provenance', title: 'Provenance and settings'},
  ];

  const read = (id) => JSON.parse(document.getElementById(id)?.textContent || 'null');

  report.land = read('land');
  const m = report.open(read('data'));
  const figures = report.figures(m);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const state = {...report.first(m), theme: dark.matches ? 'dark' : 'light'};
  const controls = [];
  const drawn = new Map();

  // Choices. Every choice may stand in several sections; all of them show the same state.
  const KINDS = {
    depth: () => m.depths.length > 1 && choices('Depth', m.depths.map((_, d) => [d, m.depthName(d)]), state.depth, (v) => change('depth', v)),
    pair: () => m.pairs.length > 1 && picker('Structures', m.pairs.map((_, p) => [p, report.mapFigures.pairLabel(m, p).join(' and ')]), state.pair, (v) => change('pair', v)),
    parameterisation: () => choices('Parameters', [[0, 'ad hoc'], [1, 'calibrated']], state.parameterisation, (v) => change('parameterisation', v)),
    variant: () => m.six.concat(m.others).some(m.published) && choices('Computed by', [['paper', 'the paper’s equation'], ['published', 'the published code']], state.variant, (v) => change('variant', v)),
    sitesBy: () => choices('Colour', [['state', 'what became of it'], ['nse', 'efficiency']], state.sitesBy, (v) => change('sitesBy', v)),
    classBy: () => classVariables(m).length > 1 && picker('Classes', classVariables(m).map((v, i) => [i, variableName(m, v)]), state.classBy, (v) => change('classBy', v)),
    site: () => m.detailed.length && picker('Site', siteList(), state.site, (v) => change('site', v)),
  };

  const {classVariables, variableName} = report.landClasses;

  const siteList = () => [...m.detailed].sort((a, b) => m.sites.lat[b] - m.sites.lat[a]).map((i) => {
    const fits = m.structures.map((s) => m.sites.nse[s.index][i]).filter(Number.isFinite);
    return [i, `${m.sites.id[i]} · ${report.siteFigures.place(m.sites.lat[i], m.sites.lon[i])}${fits.length ? ` · NSE ${fits.map((v) => fixed(v)).join(', ')}` : ''}`];
  });

  const change = (key, value) => {
    if (state[key] === value) return;
    state[key] = value;
    controls.filter((c) => c.key === key).forEach((c) => c.set(value));
    figures.filter((f) => drawn.has(f.id) && (key === 'theme' || f.uses.includes(key))).forEach(renew);
  };

  // Figures.
  const optionsFor = (place) => ({...state, width: Math.max(260, Math.floor(place.clientWidth)), pictures: true});

  const words = (f, o) => {
    const d = drawn.get(f.id);
    d.title.textContent = `Figure ${f.number}. ${capital(f.title(m, o))}`;
    d.place.setAttribute('aria-label', f.alt(m, o));
    d.caption.replaceChildren(element('b', {}, `Figure ${f.number}. `), f.caption(m, o));
  };

  /** A figure whose words cannot be said must not take the page with it. */
  const describeFigure = (f) => {
    try {
      words(f, optionsFor(drawn.get(f.id).place));
    } catch (error) {
      complain(drawn.get(f.id).place, f, error);
    }
  };

  const renew = (f) => {
    const d = drawn.get(f.id);
    describeFigure(f);
    d.stale = true;
    if (d.near) enqueue(f);
  };

  const waiting = new Set();
  const enqueue = (f) => {
    if (!waiting.size) requestAnimationFrame(work);
    waiting.add(f);
  };
  /** One figure a frame, so that the page stays responsive. */
  const work = () => {
    const [next] = waiting;
    waiting.delete(next);
    draw(next);
    if (waiting.size) requestAnimationFrame(work);
  };

  const complain = (place, f, error) => {
    console.error(`figure ${f.id}`, error);
    place.replaceChildren(element('p', {class: 'out'}, `This figure could not be drawn: ${error.message || error}`));
  };

  const MAPS = (f) => Boolean(f.maps || f.places);

  const draw = (f, o = optionsFor(drawn.get(f.id).place)) => {
    const d = drawn.get(f.id);
    if (!d.stale && d.width === o.width) return;
    Object.assign(d, {stale: false, width: o.width});
    try {
      const spec = f.spec(m, o);
      const next = element('div', {'aria-hidden': 'true'});
      const view = report.view(spec, {renderer: MAPS(f) ? 'canvas' : 'svg', container: next});
      view.run();
      d.view?.finalize();
      d.view = view;
      d.options = o;
      d.maps = null;
      d.place.style.minHeight = `${spec.height}px`;
      d.place.replaceChildren(next);
    } catch (error) {
      complain(d.place, f, error);
    }
  };

  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const f = figures.find((g) => g.id === entry.target.dataset.figure);
      drawn.get(f.id).near = entry.isIntersecting;
      if (entry.isIntersecting && drawn.get(f.id).stale) enqueue(f);
    }
  }, {rootMargin: '500px'});

  const forPaper = () => ({...state, theme: 'light', width: 1000, print: true});
  const fileName = (f, ending) => `${m.experiment.name || 'report'}-${f.id}.${ending}`.replace(/[^\w.-]+/g, '-');

  const files = (f) => element('div', {class: 'files'},
    element('button', {type: 'button', onclick: () => save(fileName(f, 'csv'), csv(f.csv(m, drawn.get(f.id).options || optionsFor(drawn.get(f.id).place))), 'text/csv')}, 'data as CSV'),
    element('button', {type: 'button', onclick: async () => save(fileName(f, 'svg'), await report.view(f.spec(m, forPaper()), {renderer: 'none'}).toSVG(), 'image/svg+xml')}, 'SVG'),
    element('button', {type: 'button', onclick: async () => save(fileName(f, 'png'), await report.view(f.spec(m, forPaper()), {renderer: 'none'}).toImageURL('png', 3), 'image/png')}, 'PNG'));

  const figureElement = (f) => {
    if (f.why) return element('p', {class: 'out'}, `Not shown (${f.id.replace(/-/g, ' ')}): ${f.why}.`);
    const title = element('h3');
    const place = element('div', {class: `drawing${f.id === 'sites' ? ' pick' : ''}`, role: 'img', 'data-figure': f.id});
    const caption = element('figcaption');
    drawn.set(f.id, {title, place, caption, stale: true});
    if (MAPS(f)) listen(f, place);
    return element('figure', {id: `figure-${f.id}`}, title, place, caption, files(f));
  };

  // What stands under the pointer.
  const tip = /** @type {HTMLElement} */ (document.getElementById('tip'));

  const say = (event, text) => {
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const wide = tip.offsetWidth;
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, document.documentElement.clientWidth - wide - 6))}px`;
    tip.style.top = `${event.clientY > 90 ? event.clientY - tip.offsetHeight - 12 : event.clientY + 18}px`;
  };

  const under = (f, place, event) => {
    const d = drawn.get(f.id);
    if (!d.options) return null;
    const box = place.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (!d.maps) d.maps = (f.places || f.maps)(m, d.options);
    const map = d.maps.find((p) => x >= p.x && x <= p.x + p.width && y >= p.y && y <= p.y + p.height);
    return map ? {map, x: x - map.x, y: y - map.y, projection: world.frame(map.width).projection} : null;
  };

  const nearestSite = ({projection, x, y}, among, reach) => {
    let best = -1;
    let least = reach * reach;
    among.forEach((i) => {
      const [px, py] = projection([world.wrap(m.sites.lon[i]), m.sites.lat[i]]);
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < least) { least = distance; best = i; }
    });
    return best;
  };

  const everySite = m.sites.id.map((_, i) => i);

  const describe = (at) => {
    if (at.map.sites) {
      const i = nearestSite(at, everySite, 9);
      if (i < 0) return '';
      const s = at.map.s;
      const nse = m.sites.nse[s][i];
      return `${capital(report.siteFigures.siteName(m, i))}: ${report.siteFigures.stateName(m.sites.states[m.sites.state[s][i]])}${Number.isFinite(nse) ? `, NSE ${fixed(nse)}` : ''}`;
    }
    const [lon, lat] = at.projection.invert([at.x, at.y]) || [NaN, NaN];
    const i = Math.abs(lon) <= 180 ? world.cells(m.grid).find(lon, lat) : -1;
    const value = i < 0 ? NaN : at.map.values[i];
    return Number.isFinite(value) ? `${report.siteFigures.place(m.grid.lat[i], m.grid.lon[i])}: ${number(value, 3)}${at.map.unit ? ` ${at.map.unit}` : ''}` : '';
  };

  const listen = (f, place) => {
    place.addEventListener('pointermove', (event) => { const at = under(f, place, event); say(event, at ? describe(at) : ''); });
    place.addEventListener('pointerleave', () => { tip.hidden = true; });
    if (f.id !== 'sites') return;
    place.addEventListener('click', (event) => {
      const at = under(f, place, event);
      const i = at ? nearestSite(at, m.detailed, 60) : -1;
      if (i >= 0) change('site', i);
    });
  };

  // Sections.
  const answerPart = () => {
    const a = report.answer(m);
    const kinds = {Yes: 'yes', 'In part': 'part', No: 'no', 'Not known': ''};
    return [element('p', {class: 'small'}, a.question),
      ...a.verdicts.map((v) => element('p', {class: `verdict ${kinds[v.told]}`}, element('strong', {}, `${v.told}.`), v.words)),
      element('ul', {class: 'tiles', 'aria-label': 'before and after calibration'}, ...report.tiles(m).map((t) => element('li', {},
        element('span', {class: 'label'}, t.label), element('span', {class: 'change'}, `${t.before} → `, element('b', {}, t.after)), element('span', {class: 'unit'}, t.unit ? ` ${t.unit}` : '')))),
      element('p', {class: 'small'}, 'From ad hoc to calibrated parameters.'),
      element('ul', {class: 'points'}, ...a.rest.map((s) => element('li', {}, s))), element('p', {class: 'small'}, a.rule)];
  };

  const tableElement = (t) => element('details', {id: t.id, open: true}, element('summary', {}, t.title), element('p', {class: 'small'}, t.note),
    element('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t.title}, table(t)),
    element('div', {class: 'files'}, element('button', {type: 'button', onclick: () => save(fileName(t, 'csv'), csv({columns: t.columns.map((c) => c.name), rows: t.rows}), 'text/csv')}, 'data as CSV')));

  const entriesOf = (value) => (Array.isArray(value) ? value : Object.entries(value || {}));

  const provenancePart = () => {
    const e = m.experiment;
    const stores = (provenance) => Object.entries(provenance || {}).map(([store, attributes]) => element('div', {}, element('h3', {}, store), definitions(entriesOf(attributes))));
    return [definitions([['experiment', e.name], ['program', `proda ${m.raw.proda}`], ['command', e.command || '–'], ['seed', e.seed]].filter((d) => d[1] !== undefined)),
      ...m.structures.map((s) => element('details', {}, element('summary', {}, `${s.label}: settings and stores`), element('p', {}, s.title || ''),
        definitions(entriesOf(s.settings)), ...stores(s.provenance))),
      element('details', {}, element('summary', {}, 'Profiles and settings'), definitions(entriesOf(e.settings)), ...stores(e.provenance)),
      element('details', {open: true}, element('summary', {}, 'The experiment'), element('pre', {tabindex: '0'}, e.yaml || ''))];
  };

  const SPECIAL = {answer: answerPart, numbers: () => report.tables(m).map(tableElement), provenance: provenancePart};

  const sectionElement = (s) => {
    const own = figures.filter((f) => f.section === s.id);
    const made = (s.controls || []).map((key) => ({key, ...(KINDS[key]() || {})})).filter((c) => c.element);
    const drawable = own.some((f) => !f.why);
    if (drawable) controls.push(...made);
    return element('section', {'aria-labelledby': s.id}, element('h2', {id: s.id}, s.title), ...(SPECIAL[s.id] ? SPECIAL[s.id]() : []),
      drawable && made.length ? element('div', {class: 'controls'}, ...made.map((c) => c.element)) : null, ...own.map(figureElement));
  };

  const about = () => {
    const n = m.structures.length;
    return `${n === 1 ? 'One structure' : `${capital(['no', 'one', 'two', 'three', 'four'][n] || String(n))} structures`}: ${listed(m.structures.map((s) => s.title || s.name))}. ` +
      `${whole(m.sites.id.length)} profiles, ${whole(m.raw.grid.n_cells || m.grid.lat.length)} cells of land${m.raw.truth ? ', a synthetic world with a known truth' : ''}. proda ${m.raw.proda}, seed ${m.experiment.seed}.`;
  };

  const build = () => {
    document.getElementById('about').textContent = about();
    document.getElementById('main').append(...SECTIONS.map(sectionElement));
    document.getElementById('contents').append(...SECTIONS.map((s) => element('li', {}, element('a', {href: `#${s.id}`}, s.name))));
    for (const f of figures.filter((g) => drawn.has(g.id))) {
      describeFigure(f);
      near.observe(drawn.get(f.id).place);
      sizes.observe(drawn.get(f.id).place);
    }
  };

  const redrawAll = () => figures.filter((f) => drawn.has(f.id)).forEach((f) => { drawn.get(f.id).stale = true; if (drawn.get(f.id).near) enqueue(f); });

  /** Figures whose room is not what they were drawn for. */
  const refit = () => figures.filter((f) => drawn.has(f.id)).forEach((f) => {
    const d = drawn.get(f.id);
    if (!d.width || d.width === optionsFor(d.place).width) return;
    d.stale = true;
    if (d.near) enqueue(f);
  });

  let resizing = 0;
  const sizes = new ResizeObserver(() => {
    clearTimeout(resizing);
    resizing = setTimeout(refit, 150);
  });

  /** Paper shows every figure, in light colours. */
  const onPaper = () => figures.filter((f) => drawn.has(f.id)).forEach((f) => {
    drawn.get(f.id).stale = true;
    draw(f, {...optionsFor(drawn.get(f.id).place), theme: 'light'});
    drawn.get(f.id).stale = dark.matches;
  });

  build();
  addEventListener('beforeprint', onPaper);
  addEventListener('afterprint', redrawAll);
  addEventListener('scroll', () => { tip.hidden = true; }, {passive: true});
  dark.addEventListener('change', () => change('theme', dark.matches ? 'dark' : 'light'));

  // For tests: the state, and every figure at once.
  report.page = {model: m, state, change, figures, drawAll: () => figures.filter((f) => drawn.has(f.id)).forEach((f) => draw(f))};
  document.documentElement.dataset.ready = 'true';
})();
