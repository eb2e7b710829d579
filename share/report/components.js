// @ts-check
// The figure of a system-level component: a map for each structure of a pair, and one against the other.
'use strict';

(() => {
  const {whole, fixed, percent, probability, listed, capital, unit, kept} = globalThis.report;
  const {style} = globalThis.report;
  const {correlate} = globalThis.report.stats;
  const {HEAD, BAR, mapPanel, placed, bottomOf, columnsFor, csvOfMaps, when} = globalThis.report.mapping;
  const {pairLabel} = globalThis.report.mapFigures;
  const {theme, sheet, panel, text, path, rule, range, colors, colorBar, named, letters, axis, scaleOf} = style;

  /** Counts of cells in bins of two quantities on equal axes: {levels: [{level, path}], most, beyond}. */
  const density = (x, y, domain, log, size) => {
    const n = Math.max(24, Math.min(64, Math.round(size / 5)));
    const f = log ? Math.log10 : (v) => v;
    const [low, high] = domain.map(f);
    const counts = new Map();
    let beyond = 0;
    let all = 0;
    for (let i = 0; i < x.length; i++) {
      if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) continue;
      all++;
      const u = Math.floor((f(x[i]) - low) / (high - low) * n);
      const v = Math.floor((f(y[i]) - low) / (high - low) * n);
      if (!(u >= 0 && u <= n && v >= 0 && v <= n)) { beyond++; continue; }
      const key = Math.min(u, n - 1) * n + Math.min(v, n - 1);
      counts.set(key, (counts.get(key) || 0) + 1);
    }
    return {n, counts, most: Math.max(1, ...counts.values()), beyond: beyond / Math.max(1, all), all};
  };

  const densityMarks = ({n, counts, most}, size) => {
    const scale = colors([1, Math.max(most, 2)], true, 'viridis');
    const step = size / n;
    const made = new Map();
    const r = (v) => Math.round(v * 10) / 10;
    for (const [key, count] of counts) {
      const [u, v] = [Math.floor(key / n), key % n];
      const level = scale.level(count);
      made.set(level, `${made.get(level) || ''}M${r(u * step)} ${r(size - (v + 1) * step)}h${r(step + 0.4)}v${r(step + 0.4)}h${-r(step + 0.4)}Z`);
    }
    return [...made].map(([l, d]) => path(d, {fill: scale.color(l)}));
  };

  /** The fitted line inside the square of the axes, from slope and intercept (of log10 where logarithmic). */
  const fitted = (st, domain, log, size) => {
    if (!Number.isFinite(st.slope)) return [];
    const [low, high] = domain.map(log ? Math.log10 : (v) => v);
    const place = (v) => (v - low) / (high - low) * size;
    return [rule(0, size - place(st.intercept + st.slope * low), size, size - place(st.intercept + st.slope * high), {strokeWidth: 1.8})];
  };

  const scatterPanel = (m, o, {x, y, size, letter, quantity: q, values, statistics}) => {
    const t = theme(o);
    const domain = range(values, q.log);
    const labels = pairLabel(m, o.pair);
    const fit = (statistics ? fitted(statistics, domain, q.log, size) : [])
      .map((mark) => { mark.encode.enter.stroke = {value: t.ink}; return mark; });
    const head = statistics ? `r = ${fixed(statistics.r)}` : '';
    return panel(o, {x, y, width: size, height: size, letter, title: head, clip: true,
      scales: [scaleOf('x', domain, [0, size], q.log), scaleOf('y', domain, [size, 0], q.log)],
      axes: [axis('bottom', 'x', domain, q.log, {title: labels[0], count: 4, grid: true}), axis('left', 'y', domain, q.log, {title: labels[1], count: 4, grid: true})],
      marks: [...densityMarks(density(values[0], values[1], domain, q.log, size), size),
        rule(0, size, size, 0, {stroke: t.background, strokeWidth: 3, strokeOpacity: 0.5}), rule(0, size, size, 0, {stroke: t.ink, strokeWidth: 1.3, strokeDash: [5, 4]}), ...fit]});
  };

  /** Statistics of a pair: the comparison's, or, for what it does not hold, computed here in the same way. */
  const pairStatistics = kept((m, k, pair, name) => {
    const [x, y] = m.pairs[pair].map((s) => m.field(s, k, name));
    return m.statistics(k, pair, name) || (x && y ? correlate(x, y, m.quantity.get(name).log) : null);
  }, (m, k, pair, name) => `${m.key},${k},${pair},${name}`);

  /** Sizes of a component's figure: maps in a row with the scatter beside, below on narrow sheets. */
  const layout = (o, alone) => {
    if (alone) return {maps: Math.min(o.width, 720), columns: 1};
    if (o.width >= 860) {
      const size = Math.round(Math.min(230, o.width * 0.215));
      return {maps: o.width - size - 86, columns: 2, size, x: o.width - size - 16, beside: true};
    }
    const size = Math.min(300, o.width - 92);
    return {maps: o.width, columns: columnsFor(o), size, x: Math.round((o.width - size + 36) / 2)};
  };

  /** The quantity that a component's figure shows: from the terms, or the published code's form of it. */
  const shown = (m, o, name) => {
    const other = o.variant === 'published' && m.published(name);
    return other ? {...m.quantity.get(other), long_name: `${m.quantity.get(name).long_name}, published code`} : m.quantity.get(name);
  };

  /** Structures of the pair, or the only one, and of these the ones that hold the quantity as it is shown. */
  const members = (m, o) => (m.pairs.length ? m.pairs[o.pair] : [0]).map((s) => m.structures[s]);
  const holders = (m, o, name) => members(m, o).filter((s) => m.field(s.index, o.parameterisation, shown(m, o, name).name));

  const mapsOf = (m, o, name) => {
    const q = shown(m, o, name);
    const l = layout(o, !m.pairs.length);
    return placed(o, holders(m, o, name).map((s) => ({title: `${s.label}, ${o.parameterisation ? 'calibrated' : 'ad hoc'}`,
      name: `${s.name} (${q.unit})`, unit: unit(q.unit), values: m.field(s.index, o.parameterisation, q.name)})), l.columns, l.maps);
  };

  const nothing = (m, o, name) => sheet(o, o.width, 60,
    [text(0, 30, `${listed(members(m, o).map((s) => s.label))} offer no ${shown(m, o, name).long_name}.`, {fontSize: 13, fill: theme(o).muted})]);

  const specOf = (m, o, name) => {
    const q = shown(m, o, name);
    const places = mapsOf(m, o, name);
    if (!places.length) return nothing(m, o, name);
    const l = layout(o, !m.pairs.length);
    const scale = colors(range(places.map((p) => p.values), q.log), q.log);
    const wide = Math.min(420, l.maps - 60);
    const bottom = bottomOf(places);
    const marks = [...places.map((p) => mapPanel(m, o, {...p, scale})), colorBar(o, (l.maps - wide) / 2, bottom + 14, wide, scale, named(q))];
    if (places.length < 2) return sheet(o, o.width, bottom + 14 + BAR, marks);
    const y = l.beside ? HEAD : bottom + BAR + 44;
    marks.push(scatterPanel(m, o, {x: l.x, y, size: l.size, letter: letters[places.length], quantity: q, values: places.map((p) => p.values),
      statistics: pairStatistics(m, o.parameterisation, o.pair, q.name)}));
    return sheet(o, o.width, Math.max(bottom + 14 + BAR, y + l.size + 46), marks);
  };

  /** The figure of one component: maps of the pair and one against the other. */
  const component = (name) => ({
    id: `component-${name.replace(/_/g, '-')}`, section: 'components', uses: ['pair', 'variant', 'parameterisation'], name,
    title: (m, o) => `${capital(shown(m, o, name).long_name)}, ${o.parameterisation ? 'calibrated' : 'ad hoc'}`,
    missing: (m) => (m.structures.some((s) => m.field(s.index, 1, name)) ? null : 'the maps do not hold it'),
    maps: (m, o) => mapsOf(m, o, name),
    spec: (m, o) => specOf(m, o, name),
    caption: (m, o) => captionOf(m, o, name),
    alt: (m, o) => `Maps of ${shown(m, o, name).long_name} under ${listed(holders(m, o, name).map((s) => s.label))}` +
      (holders(m, o, name).length > 1 ? ' and a scatter plot of one against the other with the 1:1 line.' : '.'),
    csv: (m, o) => csvOfMaps(m, mapsOf(m, o, name)),
  });

  const whichVariant = (m, o, name) => {
    const other = m.published(name);
    if (!other) return 'From the terms of the structure; the published code has no other form of it.';
    return o.variant === 'published' ? `Shown as the study’s published code computes it (${other}); the paper’s equation is one switch away.`
      : `Shown by the paper’s equation, from the terms of the structure; the published code’s variant (${other}) is one switch away.`;
  };

  /** Which share of the cells an axis leaves out, where it does so for more than a few. */
  const beyondWords = (m, o, q) => {
    const values = m.pairs[o.pair].map((s) => m.field(s, o.parameterisation, q.name));
    const {beyond} = density(values[0], values[1], range(values, q.log), q.log, 100);
    return beyond > 0.01 ? `${percent(beyond)} of the cells lie beyond the axes. ` : '';
  };

  const scatterWords = (m, o, q) => {
    const st = pairStatistics(m, o.parameterisation, o.pair, q.name);
    return ` Right: cell against cell${q.log ? ', logarithmic' : ''}, brighter where more cells fall; dashed, the 1:1 line; solid, least squares. ${beyondWords(m, o, q)}` +
      `r = ${fixed(st.r)}${q.log ? ' of logarithms' : ''}, d.f. = ${whole(st.df)}, ${probability(st.p)}, slope ${fixed(st.slope)}, n = ${whole(st.n)} cells that both hold.`;
  };

  const captionOf = (m, o, name) => {
    const q = shown(m, o, name);
    const have = holders(m, o, name);
    const lacking = members(m, o).filter((s) => !have.includes(s)).map((s) => s.label);
    return `${capital(q.long_name)}${unit(q.unit) ? ` in ${unit(q.unit)}` : ' (no unit)'} under ${listed(have.map((s) => s.label))}, ${when(o.parameterisation)}, ` +
      `on one ${q.log ? 'logarithmic ' : ''}colour scale.${have.length > 1 ? scatterWords(m, o, q) : ''}${lacking.length ? ` Not offered by ${listed(lacking)}.` : ''} ${whichVariant(m, o, name)}`;
  };

  Object.assign(globalThis.report, {component, pairStatistics});
})();
