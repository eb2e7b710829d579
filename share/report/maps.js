// @ts-check
// Figures made of maps: carbon before and after, where structures differ, the truth, the components.
'use strict';

(() => {
  const {number, whole, fixed, percent, probability, listed, capital, unit, kept} = globalThis.report;
  const {world, style} = globalThis.report;
  const {correlate} = globalThis.report.stats;
  const {theme, sheet, panel, text, path, rule, rect, range, colors, colorBar, named, letters, axis, scaleOf, picture} = style;

  const HEAD = 26;
  const BAR = 52;

  /** Carbon of a depth on one scale: every structure, before and after. */
  const socColors = kept((m, d) => {
    const all = m.structures.flatMap((s) => [0, 1].map((k) => m.field(s.index, k, m.depths[d]) || []));
    return colors(range(all, true), true);
  }, (m, d) => `${d}`);

  /** Differences on a diverging scale, centred on 1. */
  const ratioColors = () => ({...colors([0.25, 4], true, 'purpleorange'), ticks: [0.25, 0.5, 1, 2, 4]});

  /** A map: cells of one field under coastlines. */
  const mapPanel = (m, o, {x, y, width, letter, title, values, scale}) => {
    const f = world.frame(width);
    const t = theme(o);
    const level = (i) => scale.level(values[i]);
    const canvas = o.pictures && m.grid.dlat ? world.picture(m.grid, width, level, scale.color) : null;
    const cells = canvas ? [picture(width, f.height)] : world.paths(m.grid, width, level).map((c) => path(c.path, {fill: scale.color(c.level)}));
    return panel(o, {x, y, width, height: f.height, letter, title, data: canvas ? [{name: 'cells', values: [{canvas}]}] : [], marks: [
      path(f.land, {fill: t.land}),
      ...cells,
      path(f.graticule, {stroke: t.muted, strokeWidth: 0.5, strokeOpacity: 0.35}),
      path(f.land, {stroke: t.coast, strokeWidth: 0.6}),
      path(f.outline, {stroke: t.muted, strokeWidth: 0.8}),
    ]});
  };

  /** Places for maps in columns: the same for drawing and for asking what stands under the pointer. */
  const placed = (o, entries, columns, width = o.width) => {
    const gap = 24;
    const wide = Math.floor((width - gap * (columns - 1)) / columns);
    const {height} = world.frame(wide);
    return entries.map((e, i) => ({...e, letter: entries.length > 1 ? letters[i] : undefined, width: wide, height,
      x: (i % columns) * (wide + gap), y: HEAD + Math.floor(i / columns) * (height + HEAD + 6)}));
  };

  const bottomOf = (places) => Math.max(...places.map((p) => p.y + p.height));

  const columnsFor = (o) => (o.width >= 600 ? 2 : 1);

  const barsBelow = (o, places, bars) => {
    const top = bottomOf(places) + 14;
    const two = bars.length > 1 && columnsFor(o) > 1;
    const slot = two ? o.width / 2 : o.width;
    const wide = Math.min(slot - 48, 420);
    const marks = bars.map(([scale, title], i) =>
      colorBar(o, (two ? i * slot : 0) + (slot - wide) / 2, top + (two ? 0 : i * BAR), wide, scale, title));
    return {marks, height: top + BAR * (two ? 1 : bars.length)};
  };

  const csvOfMaps = (m, places) => ({
    columns: ['latitude', 'longitude', ...places.map((p) => p.name)],
    rows: Array.from(m.grid.lat, (lat, i) => [lat, m.grid.lon[i], ...places.map((p) => p.values[i])])
      .filter((row) => row.slice(2).some(Number.isFinite)),
  });

  const soundCells = (values) => values.reduce((n, v) => n + Number.isFinite(v), 0);

  const when = (k) => (k ? 'after calibration' : 'before calibration');

  const socMaps = {
    id: 'soc-maps', section: 'soc', uses: ['depth'], magnitudes: true,
    title: (m, o) => `Soil organic carbon, ${m.depthName(o.depth)}, before and after calibration`,
    missing: (m) => (m.depths.length && m.field(0, 1, m.depths[0]) ? null : 'the maps hold no soil organic carbon'),
    maps: (m, o) => placed(o, m.structures.flatMap((s) => [0, 1].map((k) => ({
      title: `${s.label}, ${k ? 'calibrated' : 'ad hoc'}`, name: `${s.name}, ${k ? 'calibrated' : 'ad hoc'} (kg m-2)`, unit: 'kg m⁻²',
      values: m.field(s.index, k, m.depths[o.depth])}))).filter((e) => e.values), columnsFor(o)),
    spec: (m, o) => {
      const places = socMaps.maps(m, o);
      const scale = socColors(m, o.depth);
      const bars = barsBelow(o, places, [[scale, `Soil organic carbon, ${m.depthName(o.depth)} (kg m⁻²)`]]);
      return sheet(o, o.width, bars.height, [...places.map((p) => mapPanel(m, o, {...p, scale})), ...bars.marks]);
    },
    caption: (m, o) => `Each structure with its ad hoc parameters (left) and with parameters that the network predicts from the environment after ` +
      `calibration (right); ${m.depthName(o.depth)}, kg C m⁻², one logarithmic colour scale for all maps; arrows: values beyond it have the colour of its end. ` +
      `n = ${whole(soundCells(m.field(0, 1, m.depths[o.depth])))} cells of ${m.grid.dlat}° (${m.structures[0].label}, calibrated). ` +
      `Ad hoc means ${listed(m.structures.map((s) => `${s.ad_hoc === 'site_mean' ? 'the mean of the site estimates' : 'the published defaults'} for ${s.label}`))}. ` +
      `Equal Earth projection; grey land has no value.`,
    alt: (m, o) => `Maps of soil organic carbon, ${m.depthName(o.depth)}: ${m.structures.map((s) => `${s.label} before and after calibration`).join('; ')}. The totals stand in the table of stocks.`,
    csv: (m, o) => csvOfMaps(m, socMaps.maps(m, o)),
  };

  const ratio = (a, b) => a.map((v, i) => v / b[i]);

  /** Share of the common land area where two fields agree within a factor. */
  const agreement = (m, a, b, factor) => {
    let all = 0;
    let within = 0;
    for (let i = 0; i < a.length; i++) {
      if (!(a[i] > 0 && b[i] > 0)) continue;
      all += m.grid.area[i];
      if (Math.abs(Math.log(a[i] / b[i])) <= Math.log(factor)) within += m.grid.area[i];
    }
    return within / all;
  };

  const pairLabel = (m, pair) => m.pairs[pair].map((s) => m.structures[s].label);

  const differences = {
    id: 'soc-differences', section: 'soc', uses: ['depth', 'pair'],
    title: (m, o) => `Where ${listed(pairLabel(m, o.pair))} differ, ${m.depthName(o.depth)}`,
    missing: (m) => (m.pairs.length ? null : 'there is one structure only: nothing to compare it with'),
    maps: (m, o) => {
      const [a, b] = m.pairs[o.pair];
      const name = pairLabel(m, o.pair).join(' / ');
      return placed(o, [0, 1].map((k) => ({title: `${name}, ${k ? 'calibrated' : 'ad hoc'}`, name: `${name}, ${k ? 'calibrated' : 'ad hoc'}`, unit: '',
        values: ratio(m.field(a, k, m.depths[o.depth]), m.field(b, k, m.depths[o.depth]))})), columnsFor(o));
    },
    spec: (m, o) => {
      const places = differences.maps(m, o);
      const scale = ratioColors();
      const bars = barsBelow(o, places, [[scale, `${pairLabel(m, o.pair).join(' / ')} (ratio)`]]);
      return sheet(o, o.width, bars.height, [...places.map((p) => mapPanel(m, o, {...p, scale})), ...bars.marks]);
    },
    caption: (m, o) => {
      const [a, b] = m.pairs[o.pair];
      const share = (k) => percent(agreement(m, m.field(a, k, m.depths[o.depth]), m.field(b, k, m.depths[o.depth]), 1.5));
      const [first, second] = pairLabel(m, o.pair);
      return `Ratio of carbon, ${m.depthName(o.depth)}: ${first} over ${second}, before (left) and after calibration (right); purple where ${first} holds less, ` +
        `orange where it holds more, white where they agree. The colours end at a factor of four. They agree within a factor of 1.5 on ${share(0)} ` +
        `of the common land area before and on ${share(1)} after.`;
    },
    alt: (m, o) => `Maps of the ratio of soil organic carbon between ${listed(pairLabel(m, o.pair))}, before and after calibration.`,
    csv: (m, o) => csvOfMaps(m, differences.maps(m, o)),
  };

  /** What a structure finds of the truth: correlation of logarithms, its carbon as a factor, land within 1.5. */
  const recovery = kept((m, s, d) => {
    const [x, y] = [m.truth(m.depths[d]), m.field(s, 1, m.depths[d])];
    const {n, r, meanDifference} = correlate(x, y, true);
    return {n, r, factor: 10 ** meanDifference, within: agreement(m, x, y, 1.5)};
  }, (m, s, d) => `${s},${d}`);

  const truthMaps = {
    id: 'truth', section: 'truth', uses: ['depth'],
    title: (m, o) => `The synthetic truth and what each structure finds, ${m.depthName(o.depth)}`,
    missing: (m) => (m.raw.truth ? null : 'the data are measurements: no truth is known'),
    maps: (m, o) => {
      const name = m.depths[o.depth];
      const truth = m.truth(name);
      const two = m.structures.flatMap((s) => [
        {title: `${s.label}, calibrated`, name: `${s.name}, calibrated (kg m-2)`, unit: 'kg m⁻²', values: m.field(s.index, 1, name)},
        {title: `${s.label} / truth`, name: `${s.name} / truth`, unit: '', values: ratio(m.field(s.index, 1, name), truth), ratio: true}]);
      const head = {title: 'Truth', name: 'truth (kg m-2)', unit: 'kg m⁻²', values: truth};
      if (columnsFor(o) === 1) return placed(o, [head, ...two], 1);
      const all = placed(o, [head, {...head, empty: true}, ...two], 2).filter((e) => !e.empty);
      return all.map((e, i) => ({...e, letter: letters[i]}));
    },
    spec: (m, o) => {
      const places = truthMaps.maps(m, o);
      const values = places.filter((p) => !p.ratio).map((p) => p.values);
      const [scale, by] = [colors(range(values, true), true), ratioColors()];
      const bars = barsBelow(o, places, [[scale, `Soil organic carbon, ${m.depthName(o.depth)} (kg m⁻²)`], [by, 'Found / truth (ratio)']]);
      return sheet(o, o.width, bars.height, [...places.map((p) => mapPanel(m, o, {...p, scale: p.ratio ? by : scale})), ...found(m, o, places), ...bars.marks]);
    },
    caption: (m, o) => `The world is synthetic, so its carbon is known${m.truthStructure === null ? '' : `: ${m.structures[m.truthStructure].label} made it`}. Left: the truth, and what each ` +
      `calibrated structure says of it (kg C m⁻², ${m.depthName(o.depth)}, one logarithmic scale); right: found over true. ` +
      m.structures.map((s) => { const f = recovery(m, s.index, o.depth); return `${s.label}: r = ${fixed(f.r)} of logarithms over n = ${whole(f.n)} cells, ` +
        `on average ${fixed(f.factor)} times the truth, within a factor of 1.5 on ${percent(f.within)} of the area.`; }).join(' '),
    alt: (m) => `Maps of the true carbon, of what ${listed(m.structures.map((s) => s.label))} find after calibration, and of the ratios.`,
    csv: (m, o) => csvOfMaps(m, truthMaps.maps(m, o)),
  };

  /** What was found, in words beside the truth's map, where there is room. */
  const found = (m, o, places) => {
    if (columnsFor(o) === 1) return [];
    const x = places[0].width + 24 + 16;
    return m.structures.flatMap((s, i) => {
      const f = recovery(m, s.index, o.depth);
      const y = HEAD + 28 + i * 52;
      return [rect(x, y - 8, 4, 36, {fill: theme(o).structures[s.index]}), text(x + 12, y, s.label, {fontWeight: 'bold', fontSize: 14, fill: theme(o).ink}),
        text(x + 12, y + 20, style.fitted(`r = ${fixed(f.r)} · ${fixed(f.factor)} × truth on average · within 1.5 on ${percent(f.within)} of the land`, places[0].width - 24),
          {fontSize: 12, fill: theme(o).ink})];
    });
  };

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
      made.set(level, `${made.get(level) || ''}M${r(u * step)} ${r(size - (v + 1) * step)}h${r(step + 0.1)}v${r(step + 0.1)}h${-r(step + 0.1)}Z`);
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

  const scatterPanel = (m, o, {x, y, size, letter, name, k, values, statistics}) => {
    const q = m.quantity.get(name);
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
  }, (m, k, pair, name) => `${k},${pair},${name}`);

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

  /** Name of the field that a component's figure shows: from the terms, or the published code's. */
  const shown = (m, o, name) => (o.variant === 'published' && m.published(name)) || name;

  const component = (name) => {
    const members = (m, o) => (m.pairs.length ? m.pairs[o.pair] : [0]).map((s) => m.structures[s]);
    const fig = {
      id: `component-${name.replace(/_/g, '-')}`, section: 'components', uses: ['pair', 'variant', 'parameterisation'], name,
      title: (m, o) => `${capital(m.quantity.get(shown(m, o, name)).long_name)}, ${o.parameterisation ? 'calibrated' : 'ad hoc'}`,
      missing: (m) => (m.structures.some((s) => m.field(s.index, 1, name)) ? null : 'the maps do not hold it'),
      maps: (m, o) => {
        const q = m.quantity.get(shown(m, o, name));
        const l = layout(o, !m.pairs.length);
        return placed(o, members(m, o).map((s) => ({title: `${s.label}, ${o.parameterisation ? 'calibrated' : 'ad hoc'}`, name: `${s.name} (${q.unit})`, unit: unit(q.unit),
          values: m.field(s.index, o.parameterisation, q.name)})).filter((e) => e.values), l.columns, l.maps);
      },
      spec: (m, o) => {
        const q = m.quantity.get(shown(m, o, name));
        const places = fig.maps(m, o);
        const l = layout(o, !m.pairs.length);
        const scale = colors(range(places.map((p) => p.values), q.log), q.log);
        const wide = Math.min(420, l.maps - 60);
        const bottom = bottomOf(places);
        const marks = [...places.map((p) => mapPanel(m, o, {...p, scale})), colorBar(o, (l.maps - wide) / 2, bottom + 14, wide, scale, named(q))];
        if (places.length < 2) return sheet(o, o.width, bottom + 14 + BAR, marks);
        const y = l.beside ? HEAD : bottom + BAR + 44;
        marks.push(scatterPanel(m, o, {x: l.x, y, size: l.size, letter: letters[places.length], name: q.name, values: places.map((p) => p.values),
          statistics: pairStatistics(m, o.parameterisation, o.pair, q.name)}));
        return sheet(o, o.width, Math.max(bottom + 14 + BAR, y + l.size + 46), marks);
      },
      caption: (m, o) => captionOf(m, o, name, members(m, o)),
      alt: (m, o) => `Maps of ${m.quantity.get(shown(m, o, name)).long_name} under ${listed(members(m, o).map((s) => s.label))}` +
        (m.pairs.length ? ' and a scatter plot of one against the other with the 1:1 line.' : '.'),
      csv: (m, o) => csvOfMaps(m, fig.maps(m, o)),
    };
    return fig;
  };

  const whichVariant = (m, o, name) => {
    const other = m.published(name);
    if (!other) return 'From the terms of the structure, by the paper’s equation; its code has no other form of it.';
    return o.variant === 'published' ? `Shown as the study’s published code computes it (${other}); the paper’s equation is one switch away.`
      : `Shown by the paper’s equation, from the terms of the structure; the published code’s variant (${other}) is one switch away.`;
  };

  /** Which share of the cells an axis leaves out, where it does so for more than a few. */
  const beyondWords = (m, o, q, members) => {
    const values = members.map((s) => m.field(s.index, o.parameterisation, q.name));
    const {beyond} = density(values[0], values[1], range(values, q.log), q.log, 100);
    return beyond > 0.01 ? `${percent(beyond)} of the cells lie beyond the axes. ` : '';
  };

  const captionOf = (m, o, name, members) => {
    const q = m.quantity.get(shown(m, o, name));
    const st = m.pairs.length ? pairStatistics(m, o.parameterisation, o.pair, q.name) : null;
    const scatter = !m.pairs.length ? '' : st
      ? ` Right: cell against cell${q.log ? ', logarithmic' : ''}, brighter where more cells fall; dashed, the 1:1 line; solid, least squares. ` +
        `${beyondWords(m, o, q, members)}r = ${fixed(st.r)}${q.log ? ' of logarithms' : ''}, d.f. = ${whole(st.df)}, ${probability(st.p)}, slope ${fixed(st.slope)}, n = ${whole(st.n)} cells that both hold.`
      : ` Right: cell against cell${q.log ? ', logarithmic' : ''}, brighter where more cells fall; dashed, the 1:1 line.`;
    return `${capital(q.long_name)}${unit(q.unit) ? ` in ${unit(q.unit)}` : ' (no unit)'} under ${listed(members.map((s) => s.label))}, ${when(o.parameterisation)}, ` +
      `on one ${q.log ? 'logarithmic ' : ''}colour scale.${scatter} ${whichVariant(m, o, name)}`;
  };

  Object.assign(globalThis.report, {mapFigures: {socMaps, differences, truthMaps, component, mapPanel, agreement, recovery, pairLabel, shown, HEAD}});
})();
