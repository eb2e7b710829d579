// @ts-check
// How figures look: colours, and the pieces they are composed of, as parts of Vega specifications. Every
// figure is laid out here by hand (autosize none), so that a page, a paper and a phone get the same picture.
'use strict';

(() => {
  const {brief, capital, quantiles, unit} = globalThis.report;
  const {LEVELS} = globalThis.report.world;

  const THEMES = {
    light: {background: '#ffffff', ink: '#1b2026', muted: '#59636e', faint: '#dfe3e8', land: '#e9ebee', coast: '#6b7580',
      structures: ['#0072b2', '#d55e00', '#009e73', '#cc79a7'], truth: '#1b2026', prior: '#d5dae0'},
    dark: {background: '#15191e', ink: '#e8ebee', muted: '#a3adb8', faint: '#353d46', land: '#272e36', coast: '#99a4af',
      structures: ['#56b4e9', '#e69f00', '#2cc295', '#dd95bd'], truth: '#f4f6f8', prior: '#3a434d'},
  };
  const FONT = '"Liberation Sans", Arial, Helvetica, "Nimbus Sans", sans-serif';

  /** Sites: kept in green; what was dropped, in colours that stay apart for colour-blind readers. */
  // One for each code of the ledger (framework/pipeline/ledger.h): kept, 5 of prepare, 7 of calibrate, 3 of screen.
  const STATES = ['#009e73', '#d9d9d9', '#bdbdbd', '#969696', '#737373', '#525252',
    '#8c6bb1', '#c994c7', '#cc79a7', '#0072b2', '#882255', '#56b4e9', '#a6761d', '#e69f00', '#d55e00', '#f0e442'];

  const theme = (o) => THEMES[o.theme] || THEMES.light;

  /** A whole figure: marks on a sheet of a given size. */
  const sheet = (o, width, height, marks) => {
    const t = theme(o);
    const quiet = {domainColor: t.muted, tickColor: t.muted, gridColor: t.faint, labelColor: t.ink, titleColor: t.ink,
      labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', labelFont: FONT, titleFont: FONT, tickSize: 4, titlePadding: 6};
    return {
      $schema: 'https://vega.github.io/schema/vega/v5.json',
      width, height, padding: 0, autosize: 'none', background: o.print ? '#ffffff' : null,
      config: {axis: quiet, text: {font: FONT, fill: t.ink, fontSize: 12}, path: {strokeWidth: 0}}, marks,
    };
  };

  const constants = (values) => Object.fromEntries(Object.entries(values).map(([k, v]) => [k, {value: v}]));

  /** Data that stand in the mark itself, by name. */
  const inline = (name, values) => ({name, values});

  const text = (x, y, words, more = {}) => ({
    type: 'text', interactive: false, encode: {enter: constants({x, y, text: words, baseline: 'middle', ...more})}});

  const path = (d, more = {}) => ({
    type: 'path', interactive: false, encode: {enter: constants({path: d, x: 0, y: 0, ...more})}});

  const rect = (x, y, width, height, more = {}) => ({
    type: 'rect', interactive: false, encode: {enter: constants({x, y, width, height, ...more})}});

  const rule = (x, y, x2, y2, more = {}) => ({
    type: 'rule', interactive: false, encode: {enter: constants({x, y, x2, y2, ...more})}});

  const symbol = (x, y, shape, size, more = {}) => ({
    type: 'symbol', interactive: false, encode: {enter: constants({x, y, shape, size, ...more})}});

  /** The canvas that the panel's data `cells` hold. */
  const picture = (width, height) => ({
    type: 'image', interactive: false, from: {data: 'cells'},
    encode: {enter: {...constants({x: 0, y: 0, width, height, aspect: false}), image: {field: 'canvas'}}}});

  /** A part of a figure with its own scales and axes; `letter` and `title` stand above it. */
  const panel = (o, {x, y, width, height, letter = '', title = '', scales = [], axes = [], data = [], marks = [], clip = false}) => {
    const head = [];
    if (letter) head.push(text(0, -11, letter, {fontWeight: 'bold', fontSize: 13, fill: theme(o).ink}));
    if (title) head.push(text(letter ? 17 : 0, -11, fitted(title, Math.max(60, width - (letter ? 17 : 0)), 13), {fontSize: 13, fill: theme(o).ink}));
    return {
      type: 'group', interactive: false, scales, axes, data,
      // Grids reach across the panel, not across the sheet.
      signals: [{name: 'width', value: width}, {name: 'height', value: height}],
      encode: {enter: {...constants({x, y, width, height})}},
      marks: clip ? [{type: 'group', interactive: false, clip: true, encode: {enter: constants({x: 0, y: 0, width, height})}, marks}, ...head]
        : [...marks, ...head],
    };
  };

  // Average widths of letters of Helvetica and its kin, in thousandths of the size.
  const NARROW = /[ijlftI.,;:'|!()[\] ]/;
  const BROAD = /[mwMW%@–—]/;
  const letterWidth = (c) => (NARROW.test(c) ? 290 : BROAD.test(c) ? 860 : /[A-Z]/.test(c) ? 700 : 545);

  /** Width of words in pixels, without a canvas. */
  const textWidth = (words, size = 12) => [...String(words)].reduce((sum, c) => sum + letterWidth(c), 0) * size / 1000;

  /** Words cut to a width. */
  const fitted = (words, width, size = 12) => {
    if (textWidth(words, size) <= width) return words;
    let cut = words;
    while (cut.length > 1 && textWidth(`${cut}…`, size) > width) cut = cut.slice(0, -1);
    return `${cut.trimEnd()}…`;
  };

  /** A row of keys: [{label, color, mark: 'line'|'dot'|'band'|'diamond'|'ring'|'bar'}] ; wraps at `width`. */
  const keys = (o, x, y, width, entries) => {
    const marks = [];
    let at = 0;
    let line = 0;
    for (const e of entries) {
      const wide = 24 + textWidth(e.label) + 16;
      if (at > 0 && at + wide > width) { at = 0; line++; }
      marks.push(...keyOf(o, x + at, y + line * 18, e));
      at += wide;
    }
    return {marks, height: (line + 1) * 18};
  };

  const keyOf = (o, x, y, {label, color, mark, dash}) => {
    const t = theme(o);
    const word = text(x + 24, y, label, {fill: t.ink, fontSize: 12});
    if (mark === 'band' || mark === 'bar') {
      return [rect(x, y - 5, 18, 10, {fill: color, fillOpacity: mark === 'band' ? 0.25 : 1}), word];
    }
    if (mark === 'line') return [rule(x, y, x + 18, y, {stroke: color, strokeWidth: 2.5, strokeDash: dash || []}), word];
    const shape = mark === 'diamond' ? 'diamond' : 'circle';
    const look = mark === 'ring' ? {fill: t.background, stroke: color, strokeWidth: 2} : {fill: color, stroke: t.background, strokeWidth: 0.5};
    return [symbol(x + 9, y, shape, 64, look), word];
  };

  const nice = (v, down) => {
    const e = Math.floor(Math.log10(v));
    const steps = [1, 2, 5, 10].map((s) => s * 10 ** e);
    return down ? [...steps].reverse().find((s) => s <= v * 1.0001) : steps.find((s) => s >= v * 0.9999);
  };

  /** Ticks of a logarithmic axis at 1, 2, 5 × 10^n, thinned to at most `most`. */
  const logTicks = (low, high, most = 6) => {
    const ticks = [];
    for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) {
      for (const s of [1, 2, 5]) ticks.push(Number((s * 10 ** e).toPrecision(3)));
    }
    const inside = ticks.filter((v) => v >= low * 0.9999 && v <= high * 1.0001);
    if (inside.length <= most) return inside;
    const decades = inside.filter((v) => Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9);
    return decades.length >= 2 ? decades : inside.filter((_, i) => i % Math.ceil(inside.length / most) === 0);
  };

  /**
   * Range of values that a colour scale or an axis shows: the middle 99 %, widened to round numbers; a logarithmic
   * one reaches from the median by so many decades at most, so that a tail does not take all colours.
   */
  const range = (arrays, log, p = 0.005, decades = 1.5) => {
    const values = arrays.flatMap((a) => Array.from(a).filter((v) => Number.isFinite(v) && (!log || v > 0)));
    if (!values.length) return [log ? 0.1 : 0, 1];
    const [low, middle, high] = quantiles(values, [p, 0.5, 1 - p]);
    return log ? logRange(Math.max(low, middle / 10 ** decades), Math.min(high, middle * 10 ** decades)) : linearRange(low, high);
  };

  const logRange = (low, high) => {
    if (high / low < 1.02) return [low * 0.8, high * 1.25];
    return high / low > 3 ? [nice(low, true), nice(high, false)] : [low, high];
  };

  const linearRange = (low, high) => {
    if (high - low > 1e-9 * Math.abs(high)) return [low, high];
    const room = 0.5 * Math.abs(high) || 0.5;
    return [low - room, high + room];
  };

  const interpolator = (name) => {
    const scheme = globalThis.vega.scheme(name);
    return typeof scheme === 'function' ? scheme : (u) => scheme[Math.min(scheme.length - 1, Math.floor(u * scheme.length))];
  };

  /** Colours for numbers: `level` (0 to LEVELS - 1, -1 where missing), `color` of a level. */
  const colors = ([low, high], log, scheme = 'viridis') => {
    const f = log ? Math.log10 : (v) => v;
    const [a, b] = [f(low), f(high)];
    const ramp = interpolator(scheme);
    return {
      domain: [low, high], log,
      level: (v) => {
        if (!Number.isFinite(v) || (log && v < 0)) return -1;
        if (log && v === 0) return 0;
        return Math.max(0, Math.min(LEVELS - 1, Math.floor((f(v) - a) / (b - a) * LEVELS)));
      },
      color: (l) => ramp((l + 0.5) / LEVELS),
    };
  };

  const scaleOf = (name, domain, rangeOf, log) =>
    ({name, type: log ? 'log' : 'linear', domain, range: rangeOf, zero: false, nice: false, clamp: true});

  /** An axis whose ticks are given by us on logarithmic scales, by Vega on linear ones. */
  const axis = (orient, scale, domain, log, more = {}) => {
    const {count = 5, ticks: given, ...rest} = more;
    if (!log) return {orient, scale, tickCount: count, labelOverlap: true, labelBound: false, ...rest};
    const ticks = given || logTicks(domain[0], domain[1], count + 1);
    const names = ticks.map((v) => brief(v));
    const pick = ticks.reduceRight((rest2, v, i) => `abs(datum.value / ${v} - 1) < 1e-6 ? '${names[i]}' : (${rest2})`, "''");
    return {orient, scale, values: ticks, labelOverlap: true, encode: {labels: {update: {text: {signal: pick}}}}, ...rest};
  };

  /** A bar of colours with its axis below; 46 pixels high with title. */
  const colorBar = (o, x, y, width, scale, title, ends = true) => {
    const stops = Array.from({length: LEVELS}, (_, l) => rect(l * width / LEVELS, 0, width / LEVELS + 0.5, 10, {fill: scale.color(l)}));
    const log = scale.log;
    const tips = ends ? [path(`M-3 0L-10 5L-3 10Z`, {fill: scale.color(0)}), path(`M${width + 3} 0L${width + 10} 5L${width + 3} 10Z`, {fill: scale.color(LEVELS - 1)})] : [];
    return panel(o, {
      x, y, width, height: 10, scales: [scaleOf('value', scale.domain, [0, width], log)],
      axes: [axis('bottom', 'value', scale.domain, log, {title, domain: false, offset: 0, count: 7, ticks: scale.ticks})],
      marks: [...stops, ...tips],
    });
  };

  /** Name and unit of a quantity: "soil organic carbon of 0-100 cm (kg m⁻²)". */
  const named = (quantity, log = false) => {
    const u = unit(quantity.unit);
    return `${capital(quantity.long_name)}${u ? ` (${u})` : ''}${log ? ', logarithmic' : ''}`;
  };

  const letters = 'abcdefghijklmnopqrstuvwxyz';

  globalThis.report.style = {THEMES, STATES, FONT, theme, sheet, inline, constants, text, path, rect, rule, symbol, panel, keys, range, colors,
    scaleOf, axis, colorBar, named, letters, logTicks, textWidth, fitted, picture};
})();
