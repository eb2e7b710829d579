// @ts-check
// Figures made of maps: carbon before and after, where structures differ, the truth.
'use strict';

(() => {
  const {whole, fixed, percent, listed, kept} = globalThis.report;
  const {world, style} = globalThis.report;
  const {correlate} = globalThis.report.stats;
  const {theme, sheet, panel, text, path, rect, range, colors, colorBar, letters, picture} = style;

  const HEAD = 26;
  const BAR = 52;

  /** Carbon of a depth on one scale: every structure, before and after. */
  const socColors = kept((m, d) => {
    const all = m.structures.flatMap((s) => [0, 1].map((k) => m.field(s.index, k, m.depths[d]) || []));
    return colors(range(all, true), true);
  }, (m, d) => `${m.key},${d}`);

  /** Differences on a diverging scale, centred on 1. */
  const ratioColors = () => ({...colors([0.25, 4], true, 'purpleorange'), ticks: [0.25, 0.5, 1, 2, 4]});

  /** The cells of a field: dots where they lie on no grid, a canvas or paths where they do. */
  const cellMarks = (m, o, {width, height, values, scale}) => {
    const level = (i) => scale.level(values[i]);
    if (!m.grid.dlat) {
      return {marks: world.points(width, m.grid.lat, m.grid.lon, (i) => (level(i) < 0 ? null : level(i)))
        .map((d) => path(d.path, {stroke: scale.color(d.group), strokeWidth: Math.max(2, width / 150), strokeCap: 'round'}))};
    }
    if (o.pictures) return {marks: [picture(width, height)], data: [{name: 'cells', values: [{canvas: world.picture(m.grid, width, level, scale.color)}]}]};
    return {marks: world.paths(m.grid, width, level).map((c) => path(c.path, {fill: scale.color(c.level)}))};
  };

  /** A map: cells of one field under coastlines. */
  const mapPanel = (m, o, {x, y, width, letter, title, values, scale}) => {
    const f = world.frame(width);
    const t = theme(o);
    const cells = cellMarks(m, o, {width, height: f.height, values, scale});
    return panel(o, {x, y, width, height: f.height, letter, title, data: cells.data, marks: [
      path(f.land, {fill: t.land}),
      ...cells.marks,
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
      `n = ${whole(soundCells(m.field(0, 1, m.depths[o.depth])))} cells${m.grid.dlat ? ` of ${m.grid.dlat}°` : ''} (${m.structures[0].label}, calibrated). ` +
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
  }, (m, s, d) => `${m.key},${s},${d}`);

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

  Object.assign(globalThis.report, {mapFigures: {socMaps, differences, truthMaps, agreement, recovery, pairLabel},
    mapping: {HEAD, BAR, mapPanel, placed, bottomOf, columnsFor, csvOfMaps, when}});
})();
