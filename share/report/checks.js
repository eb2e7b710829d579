// @ts-check
// Figures that tell how far to trust the others: skill, saturation, the sampler's health, what was dropped.
'use strict';

(() => {
  const {number, whole, fixed, percent, listed, finite, quantiles, capital} = globalThis.report;
  const {style, draw} = globalThis.report;
  const {stateName} = globalThis.report.siteFigures;
  const {classVariables, variableName, className, classesShown, manyWords} = globalThis.report.landClasses;
  const {theme, sheet, panel, text, path, rule, rect, axis, scaleOf, keys, letters, STATES} = style;

  const HEAD = 26;

  const SOURCES = {own_posterior: 'own posterior', predicted: 'predicted by the network', default: 'ad hoc', global_median: 'global median'};
  const sourceName = (name) => SOURCES[name] || stateName(name);
  const METRICS = {nse: 'Nash–Sutcliffe efficiency', rmse: 'root mean square error', bias: 'bias', r2: 'R²'};

  /** A metric's value as shown: densities in kg m-3. */
  const shownAs = (m, k) => (m.compare.metric_unit[k] === 'gC m-3' ? {by: 1e-3, unit: 'kg m⁻³'} : {by: 1, unit: ''});

  const heldOut = (m) => m.compare.group_name.indexOf('held_out');

  /** The group of sites that is drawn: held out where there are any, else all kept ones. */
  const groupShown = (m) => (heldOut(m) >= 0 && m.compare.skill_sites[heldOut(m)].some((n) => n > 1) ? heldOut(m) : 0);

  const skill = {
    id: 'skill', section: 'skill', uses: [],
    title: () => 'How well each structure explains measured profiles',
    missing: (m) => (m.compare.skill && finite(m.compare.skill.flat(3)).length ? null : 'no site was kept under every structure'),
    spec: (m, o) => {
      const t = theme(o);
      const columns = o.width >= 720 ? 2 : 1;
      const g = groupShown(m);
      const names = m.compare.source_name.map((n) => capital(sourceName(n)));
      const left = Math.min(draw.roomForNames(o, names), 190);
      const row = names.length * (o.width < 520 ? 48 : 34) + 82;
      const width = Math.floor(o.width / columns - left - 26);
      let height = 0;
      const panels = m.compare.metric_name.map((metric, k) => {
        const {by, unit} = shownAs(m, k);
        const at = (v, i, s) => { const w = m.compare[v]?.[g]?.[i]?.[s]?.[k]; return w === null || w === undefined ? NaN : w * by; };
        const rows = names.map((name, i) => ({name, apart: true, points: m.structures.map((s) => ({color: t.structures[s.index],
          value: at('skill', i, s.index), low: at('skill_lower', i, s.index), high: at('skill_upper', i, s.index)}))}));
        const all = finite(rows.flatMap((r) => r.points.flatMap((p) => [p.value, p.low, p.high])));
        const domain = metric === 'nse' || metric === 'r2' ? [Math.max(-2, Math.min(0, ...all)), 1] : metric === 'rmse' ? [0, Math.max(...all) * 1.05] : [Math.min(0, ...all) * 1.1, Math.max(0, ...all) * 1.1];
        const d = draw.dots(o, {x: left + (k % columns) * (o.width / columns), y: HEAD + Math.floor(k / columns) * row, width, rows, step: 34, ticks: 4,
          domain: domain[0] === domain[1] ? [domain[0] - 1, domain[1] + 1] : domain, title: `${METRICS[metric] || metric}${unit ? ` (${unit})` : ''}`, zero: domain[0] < 0 ? 0 : undefined, letter: letters[k]});
        height = Math.max(height, HEAD + (Math.floor(k / columns) + 1) * row);
        return d.mark;
      });
      const legend = keys(o, left, height - 8, o.width - left, m.structures.map((s) => ({label: s.label, color: t.structures[s.index], mark: 'dot'})));
      return sheet(o, o.width, height - 8 + legend.height, [...panels, ...legend.marks]);
    },
    caption: (m) => {
      const g = groupShown(m);
      const n = m.compare.source_name.map((s, i) => `${whole(m.compare.skill_sites[g][i])} sites for “${sourceName(s)}”`);
      return `Pooled over the measured layers of sites that were kept under every structure${g === heldOut(m) ? ' and held out from training of the network' : ''} (n = ${listed(n)}). ` +
        `Lines: 95 % intervals from resampling sites 2,000 times. Bias is modelled minus measured; efficiencies below −2 stand at the end of the axis. Predicted by the network: with parameters from the environment alone. ` +
        `Differences between structures on the same layers stand in the table of skill.`;
    },
    alt: (m) => `Nash–Sutcliffe efficiency of predicted parameters: ${m.structures.map((s) => `${s.label} ${fixed(m.compare.skill[groupShown(m)][1]?.[s.index]?.[0] ?? NaN)}`).join(', ')}.`,
    csv: (m) => ({columns: ['sites', 'parameters', 'structure', 'metric', 'unit', 'value', 'lower', 'upper', 'n sites'],
      rows: m.compare.group_name.flatMap((g, gi) => m.compare.source_name.flatMap((source, i) => m.structures.flatMap((s) => m.compare.metric_name.map((metric, k) =>
        [g, source, s.name, metric, m.compare.metric_unit[k], ...['skill', 'skill_lower', 'skill_upper'].map((v) => m.compare[v][gi][i][s.index][k]), m.compare.skill_sites[gi][i]]))))}),
  };

  /** Bars of a histogram: [[from, to, share]]. */
  const histogram = (values, from, to, n) => {
    const counts = new Array(n).fill(0);
    values.forEach((v) => { counts[Math.max(0, Math.min(n - 1, Math.floor((v - from) / (to - from) * n)))]++; });
    return counts.map((c, i) => [from + i * (to - from) / n, from + (i + 1) * (to - from) / n, c / Math.max(1, values.length)]);
  };

  /** Outline of bars over x, filled lightly, so that structures can overlap. */
  const steps = (bars, px, py) => {
    const r = draw.r1;
    return `M${r(px(bars[0][0]))} ${r(py(0))}${bars.map(([a, b, v]) => `L${r(px(a))} ${r(py(v))}H${r(px(b))}`).join('')}V${r(py(0))}Z`;
  };

  const histogramPanel = (o, {x, y, width, height, letter, title = '', label, domain, log, groups, marks = []}) => {
    const px = (log ? draw.logarithmic : draw.linear)(domain, [0, width]);
    const top = Math.max(0.01, ...groups.flatMap((g) => g.bars.map((b) => b[2]))) * 1.06;
    const py = draw.linear([0, top], [height, 0]);
    return panel(o, {x, y, width, height, letter, title, scales: [scaleOf('x', domain, [0, width], log), scaleOf('y', [0, top * 100], [height, 0])],
      axes: [axis('bottom', 'x', domain, log, {title: label, count: 4}), axis('left', 'y', [0, top], false, {title: '% of sites', count: 4, grid: true})],
      marks: [...groups.map((g) => path(steps(g.bars, px, py), {fill: g.color, fillOpacity: 0.2, stroke: g.color, strokeWidth: 1.8})),
        ...marks.map((v) => rule(px(v), 0, px(v), height, {stroke: theme(o).ink, strokeDash: [5, 4], strokeWidth: 1.4}))]});
  };

  /** Bars of the ratio of a channel, between the first and last that hold a site. */
  const ratioBars = (m, i) => {
    const edges = m.compare.ratio_edge.map((e) => Math.max(e, 10 ** -2.25));
    const total = m.compare.saturation_ratio_count[i].reduce((a, b) => a + b, 0);
    return edges.map((e, b) => [e, edges[b + 1] ?? e * 10 ** 0.25, m.compare.saturation_ratio_count[i][b] / Math.max(1, total)]);
  };

  const saturation = {
    id: 'half-saturation', section: 'saturation', uses: [],
    title: () => 'Half-saturation over substrate',
    missing: (m) => (m.compare.saturating_channel?.length ? null : 'no structure has a channel that saturates with its substrate'),
    channel: (m, i) => `${m.structures[m.compare.saturating_structure[i]].label}, ${m.compare.saturating_channel[i]}`,
    spec: (m, o) => {
      const t = theme(o);
      const n = m.compare.saturating_channel.length;
      const columns = o.width >= 640 ? Math.min(n, 2) : 1;
      const width = Math.min(420, Math.floor(o.width / columns) - 84);
      const bars = m.compare.saturating_channel.map((_, i) => ratioBars(m, i));
      const filled = bars.flat().filter((b) => b[2] > 0);
      const domain = [Math.min(10, ...filled.map((b) => b[0])), Math.max(1000, ...filled.map((b) => b[1]))];
      const panels = bars.map((b, i) => histogramPanel(o, {x: 62 + (i % columns) * (width + 84), y: HEAD + Math.floor(i / columns) * 300, width, height: 210,
        letter: letters[i], title: saturation.channel(m, i), label: 'half-saturation / substrate', domain, log: true,
        groups: [{color: t.structures[m.compare.saturating_structure[i]], bars: b.filter((v) => v[1] > domain[0] * 1.001 && v[0] < domain[1] * 0.999)}], marks: [100]}));
      return sheet(o, o.width, HEAD + Math.ceil(n / columns) * 300 - 36, panels);
    },
    caption: (m) => `Half-saturation constant K_m of each saturating channel over the mean concentration of its substrate in 0–100 cm, at the point estimate of every kept site. ` +
      `Right of the dashed line, at 100, the channel is close to first order in its substrate: ` +
      `${listed(m.compare.saturating_channel.map((_, i) => `${saturation.channel(m, i)}, ${percent(m.compare.saturation_share_above_100[i])} of n = ${whole(m.compare.saturation_sites[i])} sites (median ratio ${number(m.compare.saturation_ratio_quantile[i][2], 3)})`))}.`,
    alt: (m) => `Histograms of half-saturation over substrate: ${m.compare.saturating_channel.map((_, i) => `${saturation.channel(m, i)} above 100 at ${percent(m.compare.saturation_share_above_100[i])} of the sites`).join('; ')}.`,
    csv: (m) => ({columns: ['structure', 'channel', 'ratio from', 'sites'], rows: m.compare.saturating_channel.flatMap((c, i) =>
      m.compare.ratio_edge.map((e, b) => [m.structures[m.compare.saturating_structure[i]].name, c, e, m.compare.saturation_ratio_count[i][b]]))}),
  };

  const HEALTH = [
    {key: 'rhat', label: 'Gelman–Rubin statistic (mean over parameters)', domain: (v) => [1, Math.max(1.1, Math.min(2, quantiles(v, [0.98])[0]))]},
    {key: 'ess', label: 'smallest effective sample size', log: true, domain: (v) => { const [a, b] = quantiles(v.filter((x) => x > 0), [0.005, 0.995]); return [a * 0.8, b * 1.25]; }},
    {key: 'acceptance', label: 'acceptance of proposals', domain: (v) => [0, Math.min(1, Math.max(0.5, Math.ceil(Math.max(...v) * 10) / 10))]},
    {key: 'prior_valid_share', label: 'share of the prior that is valid', domain: () => [0, 1]},
  ];

  const healthRows = (m) => HEALTH.filter((h) => m.structures.some((s) => finite(s.health[h.key] || []).length));

  const health = {
    id: 'health', section: 'health', uses: [],
    title: () => 'The sampler’s health',
    missing: (m) => (healthRows(m).length ? null : 'the calibrations hold no diagnostics'),
    spec: (m, o) => {
      const t = theme(o);
      const rows = healthRows(m);
      const columns = o.width >= 860 && rows.length === 3 ? 3 : o.width >= 560 ? 2 : 1;
      const width = Math.floor(o.width / columns) - 82;
      const limit = m.experiment.limits?.max_rhat;
      const panels = rows.map((h, i) => {
        const values = m.structures.map((s) => finite(s.health[h.key] || []));
        const domain = h.domain(values.flat());
        const f = h.log ? Math.log10 : (v) => v;
        const g = h.log ? (v) => 10 ** v : (v) => v;
        const groups = m.structures.map((s, j) => ({color: t.structures[s.index], bars: histogram(values[j].filter((v) => !h.log || v > 0).map(f), f(domain[0]), f(domain[1]), 28).map(([a, b, v]) => [g(a), g(b), v])})).filter((_, j) => values[j].length);
        return histogramPanel(o, {x: 58 + (i % columns) * (width + 82), y: HEAD + Math.floor(i / columns) * 258, width, height: 170, letter: letters[i], label: h.label, domain, log: h.log, groups,
          marks: h.key === 'rhat' && limit > domain[0] && limit < domain[1] ? [limit] : []});
      });
      const bottom = HEAD + Math.ceil(rows.length / columns) * 258 - 10;
      const legend = draw.structureKeys(m, o, 58, bottom, o.width - 58);
      return sheet(o, o.width, bottom + legend.height, [...panels, ...legend.marks]);
    },
    caption: (m) => {
      const limit = m.experiment.limits?.max_rhat;
      const each = m.structures.map((s) => {
        const r = finite(s.health.rhat || []);
        const [rhat] = quantiles(r, [0.5]);
        const [ess] = quantiles(finite(s.health.ess || []), [0.5]);
        return `${s.label}: n = ${whole(r.length)} sites, median Gelman–Rubin ${fixed(rhat, 3)}${limit ? ` (${percent(r.filter((v) => v <= limit).length / r.length)} at or below ${limit})` : ''}, median of the smallest effective sample size ${number(ess, 3)}`;
      });
      return `Share of calibrated sites. ${each.join('; ')}.${limit ? ' Dashed: the limit of the screen.' : ''} Values beyond an axis are counted in its last bar.`;
    },
    alt: () => 'Histograms over sites of the Gelman–Rubin statistic, the smallest effective sample size and the acceptance of proposals.',
    csv: (m) => ({columns: ['site', ...m.structures.flatMap((s) => HEALTH.filter((h) => s.health[h.key]).map((h) => `${h.key}, ${s.name}`))],
      rows: m.sites.id.map((id, i) => [id, ...m.structures.flatMap((s) => HEALTH.filter((h) => s.health[h.key]).map((h) => s.health[h.key][i]))])}),
  };

  const sitesIn = (m, k) => m.compare.state_by_class[0].reduce((sum, row) => sum + row[k], 0);

  /** Rows of bars: all sites, then the classes of one variable. */
  const fateRows = (m, o) => [
    m.structures.map((s) => ({name: 'all sites', s, counts: m.compare.state_count[s.index]})),
    ...classesShown(m, o, (k) => sitesIn(m, k)).map((k) => m.structures.map((s) => ({name: className(m, k), s, counts: m.compare.state_by_class[s.index].map((row) => row[k])}))),
  ];

  const dropped = {
    id: 'dropped', section: 'dropped', uses: ['classBy'],
    title: () => 'What was dropped, and why',
    missing: (m) => (m.compare.state_count ? null : 'the comparison does not hold how sites end'),
    spec: (m, o) => {
      const t = theme(o);
      const groups = fateRows(m, o);
      const names = groups.map((g) => capital(g[0].name));
      const room = Math.min(o.width * 0.3, 16 + Math.max(...names.map((n) => style.textWidth(n, 12))));
      const left = room + (m.structures.length > 1 ? 20 + Math.max(...m.structures.map((s) => style.textWidth(s.label, 11))) : 8);
      const width = o.width - left - 64;
      const marks = [];
      let y = 0;
      groups.forEach((group, g) => {
        marks.push(text(0, y + group.length * 9, style.fitted(names[g], room), {fontSize: 12, fontWeight: g ? 'normal' : 'bold'}));
        group.forEach(({s, counts}, i) => {
          const total = counts.reduce((a, b) => a + b, 0);
          let at = left;
          if (m.structures.length > 1) marks.push(text(left - 8, y + i * 18 + 9, s.label, {align: 'right', fontSize: 11, fill: t.muted}));
          counts.forEach((c, k) => {
            const w = c / Math.max(1, total) * width;
            if (c) marks.push(rect(at, y + i * 18 + 2, w, 14, {fill: STATES[k % STATES.length], stroke: t.background, strokeWidth: 0.5}));
            at += w;
          });
          marks.push(text(left + width + 6, y + i * 18 + 9, whole(total), {fontSize: 11, fill: t.muted}));
        });
        y += group.length * 18 + 10;
      });
      const legend = keys(o, 0, y + 12, o.width, m.compare.state_name.map((n, i) => ({label: stateName(n), color: STATES[i % STATES.length], mark: 'bar', i}))
        .filter((e) => m.compare.state_count.some((row) => row[e.i] > 0)));
      return sheet(o, o.width, y + 12 + legend.height, [...marks, ...legend.marks]);
    },
    caption: (m, o) => `Share of sites by how they end under each structure, in all and by class${classVariables(m).length ? ` (${variableName(m, classVariables(m)[o.classBy])})` : ''}; the number of sites stands at the right. ` +
      m.structures.map((s) => {
        const counts = m.compare.state_count[s.index];
        const why = m.compare.state_name.map((n, i) => [n, counts[i]]).filter(([n, c]) => n !== 'kept' && c > 0).sort((a, b) => b[1] - a[1]);
        return `${s.label} keeps ${whole(counts[m.compare.state_name.indexOf('kept')])} of ${whole(counts.reduce((a, b) => a + b, 0))}${why.length ? ` (dropped: ${listed(why.map(([n, c]) => `${whole(c)} ${stateName(n)}`))})` : ''}.`;
      }).join(' ') + ` A site counts under the first reason that applies.${manyWords(m, o)}`,
    alt: (m) => `Bars of sites kept and dropped, by reason and class, for ${listed(m.structures.map((s) => s.label))}.`,
    csv: (m, o) => ({columns: ['class', 'structure', ...m.compare.state_name], rows: fateRows(m, o).flatMap((g) => g.map((r) => [r.name, r.s.name, ...r.counts]))}),
  };

  Object.assign(globalThis.report, {checkFigures: {skill, saturation, health, dropped, sourceName, METRICS, shownAs, groupShown}});
})();
