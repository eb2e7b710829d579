// @ts-check
// Tables of all numbers: {id, section, title, note, columns: [{name, digits?}], rows}. Cells are numbers or words.
'use strict';

(() => {
  const {checkFigures} = globalThis.report;
  const sourceName = checkFigures.sourceName;

  const PARAMETERS = ['ad hoc', 'calibrated'];
  const both = (f) => [0, 1].flatMap(f);

  const totals = (m) => ({
    id: 'table-totals', title: 'Stocks', note: 'Pg C on land. Own cells: where the structure has a sound state; common cells: where all have.',
    columns: [{name: 'structure'}, {name: 'parameters'}, ...m.depths.map((_, d) => ({name: `${m.depthName(d)}`, digits: 4})), ...m.depths.map((_, d) => ({name: `${m.depthName(d)}, common`, digits: 4})), {name: 'share of land', digits: 3}],
    rows: m.structures.flatMap((s) => both((k) => [[s.label, PARAMETERS[k], ...m.depths.map((_, d) => m.compare.total_soc[k][s.index][d]),
      ...m.depths.map((_, d) => m.compare.total_soc_common?.[k][s.index][d] ?? null), m.compare.land_share[k][s.index]]])),
  });

  const correlations = (m) => ({
    id: 'table-correlations', title: 'Agreement between structures',
    note: 'Cell by cell on common cells, the second structure over the first. Quantities marked log are compared as log10, and slope, distance (root mean square, from the 1:1 line) and bias (second minus first) are in that unit. Weighted by area, d.f. follow Kish’s effective number.',
    columns: [{name: 'first'}, {name: 'second'}, {name: 'quantity'}, {name: 'log'}, {name: 'weights'}, {name: 'parameters'}, {name: 'r', digits: 3}, {name: 'd.f.', digits: 0}, {name: 'p', digits: 2},
      {name: 'slope', digits: 3}, {name: 'distance', digits: 3}, {name: 'bias', digits: 3}, {name: 'n', digits: 0}],
    rows: m.pairs.flatMap(([a, b], pair) => m.compare.quantity_name.filter((n) => m.quantity.has(n)).flatMap((name) => [0, 1].flatMap((w) => both((k) => {
      const s = m.statistics(k, pair, name, w);
      const q = m.quantity.get(name);
      return !s || !Number.isFinite(s.r) ? [] : [[m.structures[a].label, m.structures[b].label, q.long_name, q.log ? 'log' : '', w ? 'area' : 'none', PARAMETERS[k], s.r, s.df, s.p, s.slope, s.distance, s.bias, s.n]];
    })))),
  });

  const metric = (m, k) => { const {by, unit} = checkFigures.shownAs(m, k); return {by, name: `${checkFigures.METRICS[m.compare.metric_name[k]] || m.compare.metric_name[k]}${unit ? ` (${unit})` : ''}`}; };
  const scaled = (v, by) => (v === null || v === undefined ? null : v * by);

  const skill = (m) => ({
    id: 'table-skill', title: 'Skill at the sites', note: 'Pooled over measured layers of sites kept under every structure; 95 % intervals from resampled sites.',
    columns: [{name: 'sites'}, {name: 'parameters'}, {name: 'structure'}, {name: 'metric'}, {name: 'value', digits: 3}, {name: 'lower', digits: 3}, {name: 'upper', digits: 3}, {name: 'n sites', digits: 0}, {name: 'n layers', digits: 0}],
    rows: m.compare.group_name.flatMap((g, gi) => m.compare.source_name.flatMap((source, i) => m.structures.flatMap((s) => m.compare.metric_name.map((_, k) => {
      const {by, name} = metric(m, k);
      return [g.replace('_', ' '), sourceName(source), s.label, name, ...['skill', 'skill_lower', 'skill_upper'].map((v) => scaled(m.compare[v][gi][i][s.index][k], by)), m.compare.skill_sites[gi][i], m.compare.skill_layers?.[gi][i] ?? null];
    })))).filter((row) => row[4] !== null),
  });

  const differences = (m) => ({
    id: 'table-differences', title: 'Differences in skill', note: 'The second structure minus the first on the same layers; 95 % intervals from resampled sites.',
    columns: [{name: 'sites'}, {name: 'parameters'}, {name: 'first'}, {name: 'second'}, {name: 'metric'}, {name: 'difference', digits: 3}, {name: 'lower', digits: 3}, {name: 'upper', digits: 3}],
    rows: m.compare.group_name.flatMap((g, gi) => m.compare.source_name.flatMap((source, i) => m.pairs.flatMap(([a, b], p) => m.compare.metric_name.map((_, k) => {
      const {by, name} = metric(m, k);
      return [g.replace('_', ' '), sourceName(source), m.structures[a].label, m.structures[b].label, name, ...['difference', 'difference_lower', 'difference_upper'].map((v) => scaled(m.compare[v][gi][i][p][k], by))];
    })))).filter((row) => row[5] !== null),
  });

  const classes = (m) => ({
    id: 'table-classes', title: 'Carbon by class of land', note: 'Means in kg C m⁻², weighted by area, on the cells that all structures hold.',
    columns: [{name: 'class'}, {name: 'area (10⁶ km²)', digits: 3}, {name: 'structure'}, {name: 'parameters'}, ...m.depths.map((_, d) => ({name: m.depthName(d), digits: 3}))],
    rows: m.compare.class_value.flatMap((_, c) => m.structures.flatMap((s) => both((k) => [[globalThis.report.landClasses.className(m, c), m.compare.class_area[c] * 1e-12, s.label, PARAMETERS[k],
      ...m.depths.map((__, d) => m.compare.soc_by_class[k][s.index][d][c])]]))),
  });

  const parameters = (m) => ({
    id: 'table-parameters', title: 'Parameters and priors', note: 'Log: the prior is uniform in the logarithm. Ad hoc: what the map before calibration uses.',
    columns: [{name: 'structure'}, {name: 'parameter'}, {name: 'meaning'}, {name: 'component'}, {name: 'unit'}, {name: 'lower', digits: 3}, {name: 'upper', digits: 3}, {name: 'prior'}, {name: 'default', digits: 3}, {name: 'ad hoc', digits: 3}],
    rows: m.structures.flatMap((s) => s.parameters.map((p, i) => [s.label, p.symbol || p.name, p.doc, p.component, globalThis.report.unit(p.unit), p.lower, p.upper, p.log ? 'log' : 'uniform', p.default, s.ad_hoc_value?.[i] ?? p.default])),
  });

  const refusals = (m) => ({
    id: 'table-refusals', title: 'Draws that the structures refused', note: 'Proposals of the sampler without a valid steady state, by reason, over all sites and chains.',
    columns: [{name: 'structure'}, {name: 'reason'}, {name: 'draws', digits: 0}, {name: 'share of draws', digits: 2}],
    rows: m.structures.flatMap((s) => Object.entries(s.health.counts || {}).filter(([reason]) => reason !== 'evaluations')
      .map(([reason, n]) => [s.label, reason.replace(/_/g, ' '), n, n / s.health.counts.evaluations])),
  });

  const ended = (m, i) => m.structures.map((s) => m.compare.profile_count[s.index][i]);
  const ledger = (m) => ({
    id: 'table-ledger', title: 'What became of every profile', note: 'Profiles of the input by how they end under each structure; every profile ends in one way.',
    columns: [{name: 'state'}, {name: 'meaning'}, ...m.structures.map((s) => ({name: s.label, digits: 0}))],
    rows: [...m.compare.state_name.map((name, i) => [name.replace(/_/g, ' '), m.compare.state_text[i], ...ended(m, i)]).filter((row) => row.slice(2).some((n) => n > 0)),
      ['all', 'profiles of the input', ...m.structures.map((s) => m.compare.profile_count[s.index].reduce((a, b) => a + b, 0))]],
  });

  const tables = (m) => [
    m.compare.profile_count && ledger(m),
    m.compare.total_soc && totals(m),
    m.pairs.length && m.compare.r && correlations(m),
    m.compare.skill && skill(m),
    m.pairs.length && m.compare.difference && differences(m),
    m.compare.class_value?.length && m.compare.soc_by_class && classes(m),
    refusals(m),
    parameters(m),
  ].filter(Boolean).filter((t) => t.rows.length);

  Object.assign(globalThis.report, {tables});
})();
