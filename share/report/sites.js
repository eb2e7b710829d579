// @ts-check
// Figures of sites: where they are, what one site's posterior and profile look like.
'use strict';

(() => {
  const {capital, whole, brief, fixed, listed, share, quantile, unit} = globalThis.report;
  const {world, style, draw} = globalThis.report;
  const {theme, sheet, panel, text, path, rule, symbol, rect, axis, scaleOf, keys, colors, colorBar, letters, STATES} = style;

  const HEAD = 26;

  const place = (lat, lon) => `${fixed(Math.abs(lat), 1)}° ${lat < 0 ? 'S' : 'N'}, ${fixed(Math.abs(lon), 1)}° ${lon < 0 ? 'W' : 'E'}`;

  /** A site in a few words: its identity, place and class. */
  const siteName = (m, i) => `profile ${m.sites.id[i]} (${place(m.sites.lat[i], m.sites.lon[i])})`;

  const stateName = (name) => name.replace(/_/g, ' ');

  /** States that occur under some structure, with their colours: kept first. */
  const statesOf = (m) => m.sites.states.map((name, i) => ({i, name: stateName(name), color: STATES[i % STATES.length]}))
    .filter((s) => m.sites.state.some((row) => row.includes(s.i)));

  const nseColors = () => colors([0, 1], false, 'viridis');

  const dotSize = (m, width) => Math.max(2, Math.min(6, width / 130)) * (m.sites.id.length > 4000 ? 0.6 : 1);

  const siteMapPanel = (m, o, s, {x, y, width, letter, title}) => {
    const t = theme(o);
    const f = world.frame(width);
    const byNse = o.sitesBy === 'nse';
    const scale = nseColors();
    const state = m.sites.state[s];
    const nse = m.sites.nse[s];
    const group = byNse ? (i) => (Number.isFinite(nse[i]) ? scale.level(nse[i]) : null) : (i) => state[i];
    const dots = world.points(width, m.sites.lat, m.sites.lon, group);
    // What was dropped stands above what was kept, so that it is seen.
    if (!byNse) dots.sort((a, b) => a.group - b.group);
    const size = dotSize(m, width);
    const [px, py] = o.site >= 0 ? f.projection([world.wrap(m.sites.lon[o.site]), m.sites.lat[o.site]]) : [NaN, NaN];
    return panel(o, {x, y, width, height: f.height, letter, title, marks: [
      path(f.land, {fill: t.land, stroke: t.coast, strokeWidth: 0.5}), path(f.outline, {stroke: t.muted, strokeWidth: 0.8}),
      ...dots.map((d) => path(d.path, {stroke: byNse ? scale.color(d.group) : STATES[d.group % STATES.length], strokeWidth: size, strokeCap: 'round', strokeOpacity: 0.85})),
      ...(Number.isFinite(px) && !o.print ? [symbol(px, py, 'circle', 130, {stroke: t.background, strokeWidth: 4, fill: null}), symbol(px, py, 'circle', 130, {stroke: t.ink, strokeWidth: 2, fill: null})] : [])]});
  };

  const siteMap = {
    id: 'sites', section: 'sites', uses: ['sitesBy', 'site'],
    title: (m, o) => (o.sitesBy === 'nse' ? 'How well each site is explained' : 'Sites, and what became of them'),
    missing: (m) => (m.sites.id.length ? null : 'there are no sites'),
    places: (m, o) => {
      const columns = o.width >= 600 && m.structures.length > 1 ? 2 : 1;
      const width = Math.min(Math.floor((o.width - 24 * (columns - 1)) / columns), 720);
      const {height} = world.frame(width);
      return m.structures.map((s, i) => ({s: s.index, width, height, letter: m.structures.length > 1 ? letters[i] : undefined, title: s.label, sites: true,
        x: (i % columns) * (width + 24), y: HEAD + Math.floor(i / columns) * (height + HEAD + 6)}));
    },
    spec: (m, o) => {
      const places = siteMap.places(m, o);
      const bottom = Math.max(...places.map((p) => p.y + p.height)) + 16;
      const panels = places.map((p) => siteMapPanel(m, o, p.s, p));
      if (o.sitesBy === 'nse') {
        const wide = Math.min(360, o.width - 60);
        return sheet(o, o.width, bottom + 52, [...panels, colorBar(o, 20, bottom, wide, nseColors(), 'Nash–Sutcliffe efficiency of the point estimate')]);
      }
      const legend = keys(o, 4, bottom + 8, o.width, statesOf(m).map((s) => ({label: s.name, color: s.color, mark: 'dot'})));
      return sheet(o, o.width, bottom + legend.height + 4, [...panels, ...legend.marks]);
    },
    caption: (m, o) => {
      const kept = m.sites.states.indexOf('kept');
      const counts = m.structures.map((s) => `${whole(m.sites.state[s.index].filter((v) => v === kept).length)} under ${s.label}`);
      const what = o.sitesBy === 'nse' ? 'Colour: efficiency of the site’s own point estimate, 1 is perfect, 0 and below (darkest) no better than the mean of the profile.'
        : 'Colour: kept for training, or the first reason for which the site was dropped.';
      return `n = ${whole(m.sites.id.length)} profiles of soil organic carbon; kept: ${listed(counts)}. ${what} The ring marks the site shown below; a click on the map picks another.`;
    },
    alt: (m) => `Map of ${whole(m.sites.id.length)} sites for ${listed(m.structures.map((s) => s.label))}, coloured by what became of them.`,
    csv: (m) => ({columns: ['site', 'latitude', 'longitude', ...m.structures.flatMap((s) => [`state, ${s.name}`, `NSE, ${s.name}`])],
      rows: m.sites.id.map((id, i) => [id, m.sites.lat[i], m.sites.lon[i], ...m.structures.flatMap((s) => [m.sites.states[m.sites.state[s.index][i]], m.sites.nse[s.index][i]])])}),
  };

  const GRID = 64;

  /** Density of draws in (0, 1) on GRID + 1 points, by a Gaussian kernel reflected at both ends. */
  const kernelDensity = (draws) => {
    const n = draws.length;
    const sorted = [...draws].sort((a, b) => a - b);
    const mean = draws.reduce((a, b) => a + b, 0) / n;
    const sd = Math.sqrt(draws.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, n - 1));
    const spread = Math.min(sd, (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.34) || sd || 0.01;
    const width = Math.max(0.9 * spread * n ** -0.2, 0.008);
    const at = Array.from({length: GRID + 1}, (_, i) => i / GRID);
    const bump = (d) => Math.exp(-0.5 * (d / width) ** 2);
    return at.map((u) => draws.reduce((s, v) => s + bump(u - v) + bump(u + v) + bump(2 - u - v), 0) / (n * width * Math.sqrt(2 * Math.PI)));
  };

  const violinPath = (density, most, width, half) => {
    const upper = density.map((d, i) => [i / GRID * width, -d / most * half]);
    const lower = [...upper].reverse().map(([x, y]) => [x, -y]);
    return `${draw.line([...upper, ...lower])}Z`;
  };

  const clamped = (u) => Math.min(1, Math.max(0, u));

  /** A value's mark on a violin; a triangle at the end that it lies beyond. */
  const valueMark = (u, width, shape, look) => {
    const beyond = u < 0 ? 'triangle-left' : u > 1 ? 'triangle-right' : shape;
    return symbol(clamped(u) * width, 0, beyond, beyond === shape ? 46 : 80, look);
  };

  const violinRow = (o, s, p, row, {width, half, y}) => {
    const t = theme(o);
    const parameter = s.parameters[p];
    const label = [text(-8, 0, style.fitted(parameter.symbol || parameter.name, LEFT - 10), {align: 'right', fontSize: 12, fill: t.ink})];
    const words = `${brief(parameter.lower)} to ${brief(parameter.upper)}${unit(parameter.unit) && o.width >= 520 ? ` ${unit(parameter.unit)}` : ''}${parameter.log ? ' (log)' : ''}`;
    const ends = [text(width + 8, 0, style.fitted(words, right(o) - 12, 10.5), {fontSize: 10.5, fill: t.muted})];
    const marks = [...label, ...ends];
    if (row && row.length > 1) {
      const density = kernelDensity(row);
      const most = Math.max(...density, 1);
      marks.push(rect(0, -half / most, width, 2 * half / most, {fill: t.prior}), path(violinPath(density, most, width, half), {fill: t.structures[s.index], fillOpacity: 0.75}));
      const middle = quantile([...row].sort((a, b) => a - b), 0.5);
      marks.push(rule(middle * width, -half * 0.6, middle * width, half * 0.6, {stroke: t.background, strokeWidth: 2}));
    } else marks.push(rect(0, -half / 2, width, half, {fill: t.prior}));
    marks.push(valueMark(share(parameter, parameter.default), width, 'diamond', {fill: t.ink, stroke: t.background, strokeWidth: 1}));
    const adHoc = s.ad_hoc === 'site_mean' ? s.ad_hoc_value?.[p] : null;
    if (adHoc !== null && adHoc !== undefined && Number.isFinite(adHoc)) marks.push(valueMark(share(parameter, adHoc), width, 'circle', {fill: t.background, stroke: t.ink, strokeWidth: 1.5}));
    return {type: 'group', interactive: false, encode: {enter: style.constants({x: 0, y, width, height: 0})}, marks};
  };

  const STEP = 24;
  const LEFT = 102;
  const right = (o) => (o.width < 520 ? 108 : 166);

  const violins = {
    id: 'violins', section: 'site', uses: ['site'],
    title: (m, o) => `Posterior of the parameters against the prior, ${siteName(m, o.site)}`,
    missing: (m) => (m.detailed.length ? null : 'no draws of single sites are held'),
    spec: (m, o) => {
      const columns = o.width >= 760 ? Math.min(2, m.structures.length) : 1;
      const column = Math.min(o.width / columns, 600);
      const width = column - LEFT - right(o);
      let y = HEAD;
      const panels = [];
      for (let i = 0; i < m.structures.length; i += columns) {
        const row = m.structures.slice(i, i + columns);
        row.forEach((s, j) => panels.push(violinPanel(m, o, s, {x: LEFT + j * column, y, width, letter: m.structures.length > 1 ? letters[s.index] : undefined})));
        y += Math.max(...row.map((s) => s.parameters.length)) * STEP + HEAD + 10;
      }
      const legend = keys(o, 4, y - 8, o.width, [{label: 'posterior', color: theme(o).muted, mark: 'bar'}, {label: 'prior', color: theme(o).prior, mark: 'bar'},
        {label: 'default', color: theme(o).ink, mark: 'diamond'}, ...(m.structures.some((s) => s.ad_hoc === 'site_mean') ? [{label: 'mean of site estimates', color: theme(o).ink, mark: 'ring'}] : [])]);
      return sheet(o, Math.min(o.width, column * columns), y - 8 + legend.height, [...panels, ...legend.marks]);
    },
    caption: (m, o) => {
      const n = m.detail(o.site).structures.map((d, i) => (d ? `${whole(d.n_draws)} draws under ${m.structures[i].label}` : `${m.structures[i].label} has no posterior here`));
      return `${capital(siteName(m, o.site))}. Each row runs from the lower to the upper end of a parameter’s prior (written at the right). Coloured: density of the posterior draws ` +
        `(Gaussian kernel, ${listed(n)}); grey: the uniform prior at the same scale of density, so where colour covers the grey evenly the profile taught nothing; white line: median; diamond: default ` +
        `(a triangle where it lies beyond the prior).`;
    },
    alt: (m, o) => `Violins of the posterior of every parameter within its prior at ${siteName(m, o.site)}, for ${listed(m.structures.map((s) => s.label))}.`,
    csv: (m, o) => ({columns: ['structure', 'parameter', 'unit', 'lower', 'upper', 'default', 'estimate', 'q05', 'median', 'q95', 'draws'],
      rows: m.structures.flatMap((s) => parameterRows(m, o.site, s))}),
  };

  const violinPanel = (m, o, s, {x, y, width, letter}) => {
    const draws = m.draws(o.site, s.index);
    const rows = s.parameters.map((_, p) => violinRow(o, s, p, draws && draws[p], {width, half: STEP * 0.44, y: (p + 0.5) * STEP}));
    const p = panel(o, {x, y, width, height: s.parameters.length * STEP, letter, title: draws ? s.label : `${s.label}: no posterior at this site`, marks: rows});
    return p;
  };

  const parameterRows = (m, site, s) => {
    const d = m.detail(site).structures[s.index];
    if (!d) return [];
    const draws = m.draws(site, s.index);
    return s.parameters.map((p, i) => {
      const sorted = [...draws[i]].sort((a, b) => a - b);
      const q = (u) => (sorted.length ? globalThis.report.valueAt(p, quantile(sorted, u)) : null);
      return [s.name, p.name, p.unit, p.lower, p.upper, p.default, d.estimate?.[i] ?? null, q(0.05), q(0.5), q(0.95), sorted.length];
    });
  };

  const depthScale = (m) => (m.raw.depth_unit === 'cm' ? 1 : 100);

  const profile = {
    id: 'profile', section: 'site', uses: ['site'],
    title: (m, o) => `Observed and modelled profile, ${siteName(m, o.site)}`,
    missing: violins.missing,
    spec: (m, o) => {
      const t = theme(o);
      const d = m.detail(o.site);
      const cm = depthScale(m);
      const width = Math.min(460, o.width - 90);
      const height = 320;
      const order = d.obs.depth.map((_, i) => i).sort((a, b) => d.obs.depth[a] - d.obs.depth[b]);
      const values = [...d.obs.soc, ...d.structures.filter(Boolean).flatMap((s) => [...s.q95, ...s.modelled])].filter(Number.isFinite).map((v) => v / 1000);
      const dx = [0, Math.max(...values) * 1.06];
      const dy = [0, Math.max(...d.obs.depth, ...(d.obs.bottom || []).filter(Number.isFinite)) * cm * 1.05];
      const [px, py] = [draw.linear(dx, [0, width]), draw.linear(dy, [0, height])];
      const points = (list) => order.map((i) => [px(list[i] / 1000), py(d.obs.depth[i] * cm)]);
      const modelled = m.structures.filter((s) => d.structures[s.index]).flatMap((s) => {
        const one = d.structures[s.index];
        const color = t.structures[s.index];
        return [path(draw.between(points(one.q05), points(one.q95)), {fill: color, fillOpacity: 0.22}),
          path(draw.line(points(one.modelled)), {stroke: color, strokeWidth: 2.2}), ...points(one.modelled).map(([x, y]) => symbol(x, y, 'circle', 22, {fill: color}))];
      });
      const bars = d.obs.top ? order.map((i) => rule(px(d.obs.soc[i] / 1000), py(d.obs.top[i] * cm), px(d.obs.soc[i] / 1000), py(d.obs.bottom[i] * cm), {stroke: t.ink, strokeWidth: 1.5})) : [];
      const observed = points(d.obs.soc).map(([x, y]) => symbol(x, y, 'circle', 60, {fill: t.background, stroke: t.ink, strokeWidth: 1.8}));
      const main = panel(o, {x: 62, y: 48, width, height, scales: [scaleOf('x', dx, [0, width]), scaleOf('y', dy, [0, height])],
        axes: [axis('top', 'x', dx, false, {title: 'soil organic carbon (kg m⁻³)', grid: true}), axis('left', 'y', dy, false, {title: 'depth (cm)', grid: true})],
        marks: [...modelled, ...bars, ...observed]});
      const legend = keys(o, 62, height + 70, o.width - 62, [{label: 'observed', color: t.ink, mark: 'ring'},
        ...m.structures.filter((s) => d.structures[s.index]).map((s) => ({label: s.label, color: t.structures[s.index], mark: 'line'})), {label: '90 % of the posterior', color: t.muted, mark: 'band'}]);
      return sheet(o, Math.min(o.width, width + 90), height + 66 + legend.height, [main, ...legend.marks]);
    },
    caption: (m, o) => {
      const d = m.detail(o.site);
      const fits = m.structures.filter((s) => d.structures[s.index]).map((s) => `${s.label} ${fixed(m.sites.nse[s.index][o.site])}`);
      return `${capital(siteName(m, o.site))}, n = ${d.obs.depth.length} measured layers. Circles: measured carbon, with the extent of the layer; lines: the point estimate at the depths of the layers; ` +
        `bands: 5 % to 95 % of the stored posterior draws.${fits.length ? ` Nash–Sutcliffe efficiency: ${listed(fits)}.` : ''}`;
    },
    alt: (m, o) => `Carbon over depth at ${siteName(m, o.site)}, measured and under ${listed(m.structures.map((s) => s.label))}.`,
    csv: (m, o) => {
      const d = m.detail(o.site);
      const have = m.structures.filter((s) => d.structures[s.index]);
      return {columns: [...(d.obs.top ? ['top', 'bottom'] : []), `depth (${m.raw.depth_unit || 'm'})`, 'observed (gC m-3)', ...have.flatMap((s) => ['modelled', 'q05', 'q95'].map((w) => `${s.name}, ${w} (gC m-3)`))],
        rows: d.obs.depth.map((z, i) => [...(d.obs.top ? [d.obs.top[i], d.obs.bottom[i]] : []), z, d.obs.soc[i], ...have.flatMap((s) => ['modelled', 'q05', 'q95'].map((w) => d.structures[s.index][w][i]))])};
    },
  };

  Object.assign(globalThis.report, {siteFigures: {siteMap, violins, profile, siteName, statesOf, stateName, place, kernelDensity}});
})();
