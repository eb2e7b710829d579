// @ts-check
// Figures of curves and points: latitudes, totals, correlations before and after, skill.
'use strict';

(() => {
  const {number, whole, brief, fixed, listed, capital, unit, probability, finite} = globalThis.report;
  const {style} = globalThis.report;
  const {theme, sheet, panel, text, path, rule, symbol, axis, scaleOf, keys, letters, range} = style;

  const r1 = (v) => Math.round(v * 10) / 10;
  const linear = ([a, b], [c, d]) => (v) => c + (Math.min(Math.max(v, Math.min(a, b)), Math.max(a, b)) - a) / (b - a) * (d - c);
  const logarithmic = (from, to) => { const f = linear(from.map(Math.log10), to); return (v) => f(Math.log10(v)); };

  /** A line through points, broken where one is missing. */
  const line = (points) => {
    let d = '';
    let pen = 'M';
    for (const [x, y] of points) {
      if (!Number.isFinite(x) || !Number.isFinite(y)) { pen = 'M'; continue; }
      d += `${pen}${r1(x)} ${r1(y)}`;
      pen = 'L';
    }
    return d;
  };

  /** The area between two lines of the same points' order, in as many pieces as they have. */
  const between = (low, high) => {
    const pieces = [];
    let piece = [];
    low.forEach((p, i) => {
      if ([...p, ...high[i]].every(Number.isFinite)) piece.push([p, high[i]]);
      else if (piece.length) { pieces.push(piece); piece = []; }
    });
    if (piece.length) pieces.push(piece);
    return pieces.map((q) => `${line(q.map((v) => v[0]))}${line(q.map((v) => v[1]).reverse()).replace('M', 'L')}Z`).join('');
  };

  const structureKeys = (m, o, x, y, width, more = []) =>
    keys(o, x, y, width, [...m.structures.map((s) => ({label: s.label, color: theme(o).structures[s.index], mark: 'line'})), ...more]);

  const LATITUDES = [-60, 84];

  /** Mean of a field over cells of each band, weighted by area; for what the store has no bands of. */
  const bandMeans = (m, values) => {
    const sums = Array.from({length: 180}, () => [0, 0]);
    values.forEach((v, i) => {
      if (!Number.isFinite(v)) return;
      const b = sums[Math.min(179, Math.floor(m.grid.lat[i] + 90))];
      b[0] += v * m.grid.area[i];
      b[1] += m.grid.area[i];
    });
    return sums.map(([s, w]) => (w ? s / w : NaN));
  };

  const latitudePanel = (m, o, {x, width, height, letter, title, curves, bands, domain, label, log = false}) => {
    const at = m.compare.band_latitude;
    const px = (log ? logarithmic : linear)(domain, [0, width]);
    const py = linear(LATITUDES, [height, 0]);
    // On grids coarser than the bands only every so many bands hold cells; gaps of that kind are no gaps.
    const step = Math.max(1, Math.round(m.grid.dlat || 1));
    const some = (v) => v !== null && Number.isFinite(v) && !(log && v <= 0);
    const points = (values) => values.map((v, b) => [some(v) ? px(v) : NaN, py(at[b])]).filter(([x], b) => Number.isFinite(x) || !values.slice(Math.max(0, b - step + 1), b + step).some(some));
    return panel(o, {x, y: 26, width, height, letter, title,
      scales: [scaleOf('x', domain, [0, width], log), scaleOf('y', LATITUDES, [height, 0])],
      axes: [axis('bottom', 'x', domain, log, {title: label, count: 5, grid: true}),
        axis('left', 'y', LATITUDES, false, {title: 'latitude', values: [-60, -30, 0, 30, 60], grid: true,
          encode: {labels: {update: {text: {signal: "datum.value === 0 ? '0°' : abs(datum.value) + (datum.value < 0 ? '° S' : '° N')"}}}}})],
      marks: [...bands.map((b) => path(between(points(b.low), points(b.high)), {fill: b.color, fillOpacity: 0.18})),
        ...curves.map((c) => path(line(points(c.values)), {stroke: c.color, strokeWidth: 2, strokeDash: c.dash || [], strokeJoin: 'round'}))]});
  };

  const latitudes = {
    id: 'soc-latitudes', section: 'soc', uses: ['depth'],
    title: (m, o) => `Soil organic carbon by latitude, ${m.depthName(o.depth)}, before and after calibration`,
    missing: (m) => (m.compare.soc_by_latitude ? null : 'the comparison holds no means by latitude'),
    curves: (m, o, k) => m.structures.map((s) => ({color: theme(o).structures[s.index], name: s.name, label: s.label, values: m.compare.soc_by_latitude[k][s.index][o.depth]})),
    spec: (m, o) => {
      const two = o.width >= 520;
      const width = two ? Math.min(420, (o.width - 130) / 2) : o.width - 64;
      const height = 300;
      const values = [0, 1].flatMap((k) => [...m.structures.flatMap((s) => [m.compare.soc_by_latitude_q75[k][s.index][o.depth], m.compare.soc_by_latitude[k][s.index][o.depth]])]);
      const high = Math.max(...finite(values.flat())) * 1.02;
      const truth = m.truth(m.depths[o.depth]);
      const more = truth ? [{label: 'truth', color: theme(o).truth, mark: 'line', dash: [5, 3]}] : [];
      const drawn = (k) => {
        const bands = m.structures.map((s) => ({color: theme(o).structures[s.index], low: m.compare.soc_by_latitude_q25[k][s.index][o.depth], high: m.compare.soc_by_latitude_q75[k][s.index][o.depth]}));
        const curves = [...latitudes.curves(m, o, k), ...(truth ? [{color: theme(o).truth, dash: [5, 3], values: bandMeans(m, truth)}] : [])];
        const p = latitudePanel(m, o, {x: 56 + (two ? k * (width + 70) : 0), width, height, letter: letters[k], title: k ? 'Calibrated' : 'Ad hoc', curves, bands, domain: [0, high], label: 'soil organic carbon (kg m⁻²)'});
        if (!two) p.encode.enter.y = {value: 26 + k * (height + 82)};
        return p;
      };
      const bottom = two ? height + 82 : 2 * height + 164;
      const legend = structureKeys(m, o, 56, bottom + 4, o.width - 56, more);
      return sheet(o, two ? Math.min(o.width, 56 + 2 * width + 90) : o.width, bottom + legend.height, [drawn(0), drawn(1), ...legend.marks]);
    },
    caption: (m, o) => `Means over bands of one degree, weighted by land area, on the cells that every structure holds; shaded, the middle half of the cells of a band ` +
      `(25 % to 75 %). ${m.depthName(o.depth)}, kg C m⁻².${m.truth(m.depths[o.depth]) ? ' Dashed: the synthetic truth.' : ''}`,
    alt: (m) => `Curves of soil organic carbon over latitude for ${listed(m.structures.map((s) => s.label))}, before and after calibration.`,
    csv: (m, o) => ({columns: ['latitude', ...[0, 1].flatMap((k) => m.structures.flatMap((s) => ['mean', 'q25', 'q75'].map((w) => `${s.name}, ${k ? 'calibrated' : 'ad hoc'}, ${w} (kg m-2)`)))],
      rows: m.compare.band_latitude.map((lat, b) => [lat, ...[0, 1].flatMap((k) => m.structures.flatMap((s) => ['', '_q25', '_q75'].map((w) => m.compare[`soc_by_latitude${w}`][k][s.index][o.depth][b])))])
        .filter((row) => row.slice(1).some((v) => v !== null))}),
  };

  const componentLatitudes = {
    id: 'component-latitudes', section: 'components', uses: ['parameterisation'],
    title: (m, o) => `The components by latitude, ${o.parameterisation ? 'calibrated' : 'ad hoc'}`,
    missing: (m) => (m.compare.component_by_latitude ? null : 'the comparison holds no components by latitude'),
    spec: (m, o) => {
      const columns = o.width >= 860 ? 3 : o.width >= 520 ? 2 : 1;
      const width = Math.floor((o.width - columns * 76) / columns);
      const height = 190;
      const panels = m.six.map((name, i) => {
        const q = m.quantity.get(name);
        const at = m.compare.quantity_name.indexOf(name);
        const values = m.structures.map((s) => m.compare.component_by_latitude[o.parameterisation][s.index][at].map((v) => v ?? NaN));
        const [low, high] = range(values, q.log, 0, 3);
        const domain = q.log ? [low, high] : [low - 0.04 * (high - low), high + 0.04 * (high - low)];
        const p = latitudePanel(m, o, {x: 56 + (i % columns) * (width + 76), width, height, letter: letters[i], title: capital(q.long_name), domain, log: q.log, bands: [],
          curves: m.structures.map((s, j) => ({color: theme(o).structures[s.index], values: values[j]})), label: unit(q.unit) || 'dimensionless'});
        p.encode.enter.y = {value: 26 + Math.floor(i / columns) * (height + 80)};
        return p;
      });
      const bottom = Math.ceil(m.six.length / columns) * (height + 80) + 4;
      const legend = structureKeys(m, o, 56, bottom + 6, o.width - 56);
      return sheet(o, o.width, bottom + legend.height, [...panels, ...legend.marks]);
    },
    caption: (m, o) => `Means over bands of one degree, weighted by land area, ${o.parameterisation ? 'after' : 'before'} calibration, by the paper’s equations. Quantities that span decades have a logarithmic axis.`,
    alt: (m) => `Curves of the six components over latitude for ${listed(m.structures.map((s) => s.label))}.`,
    csv: (m, o) => ({columns: ['latitude', ...m.six.flatMap((n) => m.structures.map((s) => `${n}, ${s.name} (${m.quantity.get(n).unit})`))],
      rows: m.compare.band_latitude.map((lat, b) => [lat, ...m.six.flatMap((n) => m.structures.map((s) =>
        m.compare.component_by_latitude[o.parameterisation][s.index][m.compare.quantity_name.indexOf(n)][b]))]).filter((row) => row.slice(1).some((v) => v !== null))}),
  };

  /** Whether names stand above their rows, for want of room beside them. */
  const above = (o) => o.width < 520;

  const rowMarks = (o, row, {px, cy, width, x, step}) => {
    const t = theme(o);
    const shown = row.points.filter((p) => Number.isFinite(p.value));
    const spread = (j) => (row.apart ? (j - (row.points.length - 1) / 2) * Math.min(9, step / (row.points.length + 1)) : 0);
    const name = above(o) ? text(0, cy - 15, style.fitted(row.name, width), {fontSize: 12}) : text(-10, cy, style.fitted(row.name, x - 12), {align: 'right', fontSize: 12});
    return [rule(0, cy, width, cy, {stroke: t.faint}),
      ...(row.join && shown.length > 1 ? [rule(px(shown[0].value), cy, px(shown[shown.length - 1].value), cy, {stroke: t.muted, strokeWidth: 2})] : []),
      ...shown.flatMap((p) => pointMarks(o, p, px, cy + spread(row.points.indexOf(p)))), name];
  };

  /** Rows of names with points on a common axis: [{name, points: [{value, low, high, color, hollow}], join, apart}]. */
  const dots = (o, {x, y, width, rows, domain, title, step = 26, zero = undefined, letter = '', ticks = 5}) => {
    const px = linear(domain, [0, width]);
    const high = above(o) ? step + 14 : step;
    const height = rows.length * high;
    const marks = rows.flatMap((row, i) => rowMarks(o, row, {px, cy: (i + 1) * high - step / 2, width, x, step}));
    const base = zero === undefined ? [] : [rule(px(zero), 0, px(zero), height, {stroke: theme(o).muted, strokeDash: [3, 3]})];
    return {height, mark: panel(o, {x, y, width, height, letter, scales: [scaleOf('x', domain, [0, width])],
      axes: [axis('bottom', 'x', domain, false, {title, count: ticks, grid: true})], marks: [...base, ...marks]})};
  };

  const pointMarks = (o, {value, low, high, color, hollow, shape}, px, y) => [
    ...(Number.isFinite(low) && Number.isFinite(high) ? [rule(px(low), y, px(high), y, {stroke: color, strokeWidth: 2})] : []),
    symbol(px(value), y, shape || 'circle', 80, hollow ? {fill: o.print ? '#ffffff' : theme(o).background, stroke: color, strokeWidth: 2} : {fill: color})];

  const roomForNames = (o, names) => (above(o) ? 12 : Math.min(o.width * 0.5, 16 + Math.max(...names.map((n) => style.textWidth(n, 12)))));

  const totals = {
    id: 'totals', section: 'answer', uses: [],
    title: () => 'Global soil organic carbon, before and after calibration',
    missing: (m) => (m.compare.total_soc ? null : 'the comparison holds no totals'),
    rows: (m, o) => m.depths.flatMap((_, d) => m.structures.map((s) => ({name: `${m.depthName(d)}, ${s.label}`, join: true,
      points: [0, 1].map((k) => ({value: m.compare.total_soc[k][s.index][d], color: theme(o).structures[s.index], hollow: !k}))}))),
    spec: (m, o) => {
      const rows = totals.rows(m, o);
      const x = roomForNames(o, rows.map((r) => r.name));
      const high = Math.max(...rows.flatMap((r) => finite(r.points.map((p) => p.value))));
      const d = dots(o, {x, y: 12, width: Math.min(620, o.width - x - 20), rows, domain: [0, high * 1.05], title: 'Pg C'});
      const legend = keys(o, x, d.height + 74, o.width - x, [{label: 'ad hoc', color: theme(o).muted, mark: 'ring'}, {label: 'calibrated', color: theme(o).muted, mark: 'dot'}]);
      return sheet(o, Math.min(o.width, x + 660), d.height + 70 + legend.height, [d.mark, ...legend.marks]);
    },
    caption: (m) => `Pg C on land, summed over the cells where the structure has a sound state, for three depths. Hollow: ad hoc parameters; filled: calibrated. ` +
      `Share of the land area that has a sound state after calibration: ${listed(m.structures.map((s) => `${s.label} ${fixed(100 * m.compare.land_share[1][s.index], 1)} %`))}.`,
    alt: (m) => `Totals: ${m.structures.map((s) => `${s.label} 0–100 cm ${number(m.compare.total_soc[0][s.index][1], 4)} before, ${number(m.compare.total_soc[1][s.index][1], 4)} Pg C after`).join('; ')}.`,
    csv: (m) => ({columns: ['structure', 'depth', 'ad hoc (Pg)', 'calibrated (Pg)'], rows: m.structures.flatMap((s) => m.depths.map((_, d) => [s.name, m.compare.depth_name[d], m.compare.total_soc[0][s.index][d], m.compare.total_soc[1][s.index][d]]))}),
  };

  /** Variables whose values are classes of land, those with labels first. */
  const classVariables = (m) => {
    const named = (v) => (m.compare.class_variable || []).some((w, k) => w === v && m.compare.class_label?.[k]);
    return [...new Set(m.compare.class_variable || [])].sort((a, b) => Number(named(b)) - Number(named(a)));
  };

  const variableName = (m, v) => (m.raw.sites.class_long_name?.[v] || v).replace(/_/g, ' ');

  /** A class in a word: its label, else variable and value. */
  const className = (m, k) => m.compare.class_label?.[k] || `${variableName(m, m.compare.class_variable[k])} ${brief(m.compare.class_value[k])}`;

  const MOST = 32;

  /** Indices of the classes of the variable that is chosen, the largest by some measure where there are many. */
  const classesShown = (m, o, size) => {
    const all = (m.compare.class_variable || []).map((_, k) => k).filter((k) => m.compare.class_variable[k] === classVariables(m)[o.classBy] && size(k) > 0);
    const least = [...all].sort((a, b) => size(b) - size(a)).slice(0, MOST);
    return all.filter((k) => least.includes(k));
  };

  const manyWords = (m, o) => {
    const all = (m.compare.class_variable || []).filter((v) => v === classVariables(m)[o.classBy]).length;
    return all > MOST ? ` The largest ${MOST} of ${all} classes are shown; the table holds all.` : '';
  };

  const classes = {
    id: 'soc-classes', section: 'soc', uses: ['depth', 'classBy'],
    title: (m, o) => `Soil organic carbon by ${variableName(m, classVariables(m)[o.classBy])}, ${m.depthName(o.depth)}`,
    missing: (m) => (m.compare.soc_by_class && classVariables(m).length ? null : 'the grid names no classes of land'),
    shown: (m, o) => classesShown(m, o, (k) => m.compare.class_area[k]).filter((k) => [0, 1].some((p) => m.structures.some((s) => Number.isFinite(m.compare.soc_by_class[p][s.index][o.depth][k] ?? NaN)))),
    spec: (m, o) => {
      const t = theme(o);
      const at = (p, s, k) => m.compare.soc_by_class[p][s.index][o.depth][k] ?? NaN;
      const rows = classes.shown(m, o).map((k) => ({name: className(m, k), apart: true, points: [0, 1].flatMap((p) => m.structures.map((s) => ({value: at(p, s, k), color: t.structures[s.index], hollow: !p})))}));
      const x = roomForNames(o, rows.map((r) => r.name));
      const high = Math.max(...finite(rows.flatMap((r) => r.points.map((p) => p.value))));
      const d = dots(o, {x, y: 12, width: Math.min(620, o.width - x - 20), rows, step: 30, domain: [0, high * 1.05], title: 'kg C m⁻²'});
      const legend = keys(o, x, d.height + 74, o.width - x, [...m.structures.map((s) => ({label: s.label, color: t.structures[s.index], mark: 'dot'})), {label: 'ad hoc', color: t.muted, mark: 'ring'}]);
      return sheet(o, Math.min(o.width, x + 660), d.height + 70 + legend.height, [d.mark, ...legend.marks]);
    },
    caption: (m, o) => `Means in kg C m⁻² of ${m.depthName(o.depth)}, weighted by area, on the cells that every structure holds, by class of land. Hollow: ad hoc parameters; filled: calibrated.${manyWords(m, o)}`,
    alt: (m, o) => `Mean carbon of each class of ${variableName(m, classVariables(m)[o.classBy])} under ${listed(m.structures.map((s) => s.label))}, before and after calibration.`,
    csv: (m, o) => ({columns: ['class', 'area (m2)', ...[0, 1].flatMap((p) => m.structures.map((s) => `${s.name}, ${p ? 'calibrated' : 'ad hoc'} (kg m-2)`))],
      rows: classes.shown(m, o).map((k) => [className(m, k), m.compare.class_area[k], ...[0, 1].flatMap((p) => m.structures.map((s) => m.compare.soc_by_class[p][s.index][o.depth][k]))])}),
  };

  const correlated = (m) => [...m.depths, ...m.six, ...m.others].filter((n) => [0, 1].some((k) => m.pairs.some((_, p) => Number.isFinite(m.statistics(k, p, n)?.r))));

  const correlations = {
    id: 'correlations', section: 'answer', uses: ['pair'],
    title: (m, o) => `Agreement of ${listed(m.pairs[o.pair].map((s) => m.structures[s].label))} in space, before and after calibration`,
    missing: (m) => (m.pairs.length ? (m.compare.r ? null : 'the comparison holds no correlations') : 'there is one structure only: nothing to compare it with'),
    spec: (m, o) => {
      const t = theme(o);
      const rows = correlated(m).map((name) => ({name: m.depths.includes(name) ? `Carbon, ${m.depthName(m.depths.indexOf(name))}` : capital(m.quantity.get(name).long_name), join: true,
        points: [0, 1].map((k) => ({value: m.statistics(k, o.pair, name).r, color: k ? t.structures[0] : t.muted, hollow: !k}))}));
      const x = roomForNames(o, rows.map((r) => r.name));
      const low = Math.min(-0.2, ...finite(rows.flatMap((r) => r.points.map((p) => p.value))));
      const d = dots(o, {x, y: 12, width: Math.min(620, o.width - x - 20), rows, domain: [Math.floor(low * 5) / 5, 1], zero: 0, title: 'Pearson correlation r'});
      const legend = keys(o, x, d.height + 74, o.width - x, [{label: 'ad hoc', color: t.muted, mark: 'ring'}, {label: 'calibrated', color: t.structures[0], mark: 'dot'}]);
      return sheet(o, Math.min(o.width, x + 660), d.height + 70 + legend.height, [d.mark, ...legend.marks]);
    },
    caption: (m, o) => {
      const st = m.statistics(1, o.pair, m.depths[1] || m.depths[0]);
      return `Pearson correlation between the maps of the two structures, each quantity cell by cell on the cells that both hold (logarithms for carbon and for quantities that span decades; ` +
        `not weighted by area). Hollow: ad hoc parameters; filled: calibrated. Calibrated carbon of ${m.depthName(m.depths[1] ? 1 : 0)}: r = ${fixed(st.r)}, d.f. = ${whole(st.df)}, ${probability(st.p)}. ` +
        `Plant carbon input is prescribed, the same for all structures.`;
    },
    alt: (m, o) => `Correlations before and after: ${correlated(m).map((n) => `${m.quantity.get(n).long_name} ${fixed(m.statistics(0, o.pair, n).r)}, ${fixed(m.statistics(1, o.pair, n).r)}`).join('; ')}.`,
    csv: (m, o) => ({columns: ['quantity', 'parameters', 'r', 'd.f.', 'p', 'slope', 'intercept', 'distance', 'bias', 'n'],
      rows: correlated(m).flatMap((n) => [0, 1].map((k) => { const s = m.statistics(k, o.pair, n); return [n, k ? 'calibrated' : 'ad hoc', s.r, s.df, s.p, s.slope, s.intercept, s.distance, s.bias, s.n]; }))}),
  };

  Object.assign(globalThis.report, {curveFigures: {latitudes, componentLatitudes, totals, classes, correlations},
    landClasses: {classVariables, variableName, className, classesShown, manyWords},
    draw: {linear, logarithmic, line, between, dots, roomForNames, structureKeys, correlated, r1}});
})();
