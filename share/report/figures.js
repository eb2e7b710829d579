// @ts-check
// The list of figures in their order, each a plain object:
//   id, section     where it stands; the file's name of its pictures
//   uses            options that it depends on: depth, pair, variant, parameterisation, site, sitesBy, classBy
//   title, caption, alt (model, options)   words
//   missing(model)  why the figure cannot be drawn, or null
//   spec(model, options)   Vega specification; pure, the same for page and paper
//   csv(model, options)    {columns, rows} of what is drawn
// Options: width (pixels), theme (light or dark), print (white ground), and the choices in `uses`.
'use strict';

(() => {
  const {mapFigures, component, curveFigures, siteFigures, checkFigures} = globalThis.report;

  const list = (m) => [
    curveFigures.correlations, curveFigures.totals,
    siteFigures.siteMap,
    mapFigures.socMaps, mapFigures.differences, curveFigures.latitudes, curveFigures.classes,
    mapFigures.truthMaps,
    ...m.six.map(component), curveFigures.componentLatitudes,
    ...m.others.map((name) => ({...component(name), section: 'residence'})),
    siteFigures.violins, siteFigures.profile,
    checkFigures.saturation, checkFigures.skill, checkFigures.health, checkFigures.dropped,
  ];

  /** Figures that can be drawn, numbered in their order; and those that cannot, with the reason. */
  const figures = (m) => {
    let n = 0;
    return list(m).map((f) => {
      const why = f.missing(m);
      return {...f, why, number: why ? null : ++n};
    });
  };

  const first = (m) => ({depth: Math.min(1, m.depths.length - 1), pair: 0, variant: 'paper', parameterisation: 1, site: m.firstSite, sitesBy: 'state', classBy: 0, theme: 'light'});

  /** Choices of options that are drawn for papers, with the end of the file's name. */
  const editions = (m, figure) => {
    const base = first(m);
    let all = [{suffix: '', options: base}];
    const vary = (key, values, suffix) => {
      if (!figure.uses.includes(key)) return;
      all = all.flatMap((e) => values.map((v) => ({suffix: e.suffix + suffix(v), options: {...e.options, [key]: v}})));
    };
    vary('depth', m.depths.map((_, d) => d), (d) => `-${m.depths[d].replace('soc_stock_', '').replace('_', '-')}`);
    if (m.pairs.length > 1) vary('pair', m.pairs.map((_, p) => p), (p) => `-${m.pairs[p].map((s) => m.structures[s].name).join('-')}`);
    vary('parameterisation', [1, 0], (k) => (k ? '' : '-ad-hoc'));
    if (figure.name && m.published(figure.name)) all.push({suffix: '-published', options: {...base, variant: 'published'}});
    vary('sitesBy', ['state', 'nse'], (v) => (v === 'state' ? '' : '-nse'));
    return all;
  };

  /** A view of a specification, without eval: expressions are interpreted. */
  const view = (spec, more = {}) => {
    const {vega} = globalThis;
    return new vega.View(vega.parse(spec, null, {ast: true}), {expr: vega.expressionInterpreter, logLevel: vega.Error, hover: false, ...more});
  };

  Object.assign(globalThis.report, {figures, first, editions, view});
})();
