// @ts-check
// What the page knows: the report's JSON, opened. Everything that draws or tells asks here and never reads
// the JSON itself, so that its layout is known to this file alone. Runs in a browser and under node.
'use strict';
globalThis.report = globalThis.report || {};

(() => {
  const MISSING = {u8: 255, u16: 65535};
  const BYTES = {u8: Uint8Array, u16: Uint16Array, f32: Float32Array};

  /** Bytes of base64, in a browser or under node. */
  const bytesOf = (text) => {
    if (typeof Buffer !== 'undefined') return new Uint8Array(Buffer.from(text, 'base64'));
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  };

  /** Whole numbers (or floats) as they were packed; machines that show pages are little-endian. */
  const unpack = (packed) => {
    const bytes = bytesOf(packed.b64);
    return new BYTES[packed.type](bytes.buffer, bytes.byteOffset, bytes.byteLength / BYTES[packed.type].BYTES_PER_ELEMENT);
  };

  /** Numbers of an array that stands plainly in the JSON, or packed; NaN where missing. */
  const numbers = (value) => {
    if (!value) return new Float64Array(0);
    if (Array.isArray(value)) return Float64Array.from(value, (v) => (v === null ? NaN : v));
    const raw = unpack(value);
    if (value.type === 'f32') return Float64Array.from(raw);
    const missing = MISSING[value.type];
    const step = (value.max - value.min) / (missing - 1);
    return Float64Array.from(raw, (q) => {
      if (q === missing) return NaN;
      const v = value.min + step * q;
      return value.log ? 10 ** v : v;
    });
  };

  /** A tree of values in which packed numbers stand as plain arrays, missing ones as null. */
  const thaw = (value) => {
    if (Array.isArray(value)) return value.map(thaw);
    if (!value || typeof value !== 'object') return value;
    if (value.b64) return Array.from(numbers(value), (v) => (Number.isFinite(v) ? v : null));
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, thaw(v)]));
  };

  /** f, whose results are kept by key. */
  const kept = (f, key = (...a) => a.join()) => {
    const store = new Map();
    return (...a) => {
      const k = key(...a);
      if (!store.has(k)) store.set(k, f(...a));
      return store.get(k);
    };
  };

  const finite = (values) => Array.from(values).filter(Number.isFinite);

  /** Quantile of sorted numbers, linear between neighbours. */
  const quantile = (sorted, p) => {
    if (!sorted.length) return NaN;
    const at = p * (sorted.length - 1);
    const low = Math.floor(at);
    return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
  };

  const quantiles = (values, ps) => {
    const sorted = Float64Array.from(finite(values)).sort();
    return ps.map((p) => quantile(sorted, p));
  };

  const SHALLOWER = ['soc_stock_0_30cm', 'soc_stock_0_100cm', 'soc_stock_column'];
  const SIX = ['carbon_transfer_efficiency', 'baseline_decomposition', 'environmental_modifier',
    'input_allocation', 'vertical_transport', 'carbon_input'];

  const short = (text) => (text.length > 28 ? `${text.slice(0, 27)}…` : text);

  /** Names of structures as legends show them: the name, in the spelling of the title where that holds it. */
  const labelOf = ({name, title}) => {
    const at = (title || '').toLowerCase().indexOf(name.toLowerCase());
    return short(at < 0 ? name : title.slice(at, at + name.length));
  };

  /** Pairs of structures, as the store `compare` lists them. */
  const pairsOf = (compare) =>
    (compare.pair_first || []).map((first, i) => [first, compare.pair_second[i]]);

  /** One site's numbers plain; its draws stay packed until they are shown. */
  const thawDetail = (d) => ({...d, obs: thaw(d.obs),
    structures: d.structures.map((s) => (s ? {...thaw({...s, draws: null}), draws: s.draws} : null))});

  /** A quantity's long name as printed: en dashes, and without what all components share. */
  const printed = (words) => words.replace(/(\d)-(\d)/g, '$1–$2').replace(/^system-level /, '');

  /** "0_100cm" as printed. */
  const depthName = (name) => name.replace(/^(\d+)[_-](\d+) ?cm$/, '$1–$2 cm');

  let opened = 0;

  /** The opened report. `raw` is the JSON; `at`, shorthand for fields that may be absent. */
  const open = (raw) => {
    const compare = thaw(raw.compare || {});
    const sites = thaw(raw.sites);
    const structures = raw.structures.map((s, i) => ({...s, index: i, label: labelOf(s), health: thaw(s.health || {}), ad_hoc_value: thaw(s.ad_hoc_value)}));
    const quantity = new Map(raw.quantities.map((q) => [q.name, {...q, long_name: printed(q.long_name)}]));
    const rows = new Map(raw.fields.map((f) => [`${f.structure},${f.parameterisation},${f.quantity}`, f]));
    const statistics = ['r', 'df', 'p', 'slope', 'intercept', 'distance', 'bias', 'n'];
    const index = new Map((compare.quantity_name || []).map((n, i) => [n, i]));
    const detail = new Map((raw.detail || []).map((d) => [d.site, thawDetail(d)]));
    const truths = new Map((raw.truth || []).map((t) => [t.quantity, t]));
    const first = raw.detail && raw.detail.find((d) => d.structures.every(Boolean));

    const field = kept((structure, parameterisation, name) => {
      const row = rows.get(`${structure},${parameterisation},${name}`);
      return row ? numbers(row.data) : null;
    });
    /** The published code's quantity that stands for a component, null where no structure has one. */
    const published = (name) => {
      const found = raw.quantities.find((q) => q.component === name);
      return found && structures.some((s) => rows.has(`${s.index},1,${found.name}`)) ? found.name : null;
    };
    return {
      key: ++opened, raw, compare, structures, quantity,
      experiment: raw.experiment,
      depths: SHALLOWER.filter((n) => quantity.has(n)),
      six: SIX.filter((n) => quantity.has(n)),
      others: raw.quantities.map((q) => q.name)
        .filter((n) => !SHALLOWER.includes(n) && !SIX.includes(n) && !quantity.get(n).published),
      depthName: (d) => depthName((compare.depth_name || ['0_30cm', '0_100cm', 'column'])[d]),
      pairs: pairsOf(compare),
      before: (s) => (structures[s].ad_hoc === 'site_mean' ? 'ad hoc: mean of site estimates' : 'ad hoc: defaults'),
      field, published,
      truth: kept((name) => (truths.has(name) ? numbers(truths.get(name).data) : null)),
      truthStructure: raw.truth && raw.truth[0] ? raw.truth[0].structure ?? null : null,
      grid: {lat: numbers(raw.grid.lat), lon: numbers(raw.grid.lon), area: numbers(raw.grid.area), dlat: raw.grid.dlat, dlon: raw.grid.dlon},
      sites,
      detail: (site) => detail.get(site) || null,
      detailed: [...detail.keys()],
      firstSite: first ? first.site : [...detail.keys()][0] ?? -1,
      /** Statistics of a pair: r, df, p, slope, ... of one quantity; null where the store has none. */
      statistics: (parameterisation, pair, name, weighting = 0) => {
        if (!index.has(name) || !compare.r) return null;
        const at = (v) => compare[v]?.[parameterisation]?.[pair]?.[index.get(name)]?.[weighting] ?? NaN;
        return Object.fromEntries(statistics.map((v) => [v, at(v)]));
      },
      /** Draws of a site under a structure: an array for each parameter, as shares of its prior (0 to 1). */
      draws: (site, structure) => {
        const d = detail.get(site)?.structures[structure];
        if (!d?.draws) return null;
        const q = unpack(d.draws);
        const n = d.n_draws;
        return structures[structure].parameters.map((_, p) =>
          Array.from(q.subarray(p * n, (p + 1) * n)).filter((v) => v !== MISSING.u16).map((v) => v / 65534));
      },
    };
  };

  /** Where a value stands within a parameter's prior, 0 at its lower and 1 at its upper end. */
  const share = (parameter, value) => {
    const {lower, upper, log} = parameter;
    const f = log ? Math.log10 : (v) => v;
    return (f(value) - f(lower)) / (f(upper) - f(lower));
  };

  const valueAt = (parameter, u) => {
    const {lower, upper, log} = parameter;
    return log ? lower * (upper / lower) ** u : lower + u * (upper - lower);
  };

  // Numbers and units in words.
  const grouped = (text) => {
    const [whole, rest] = text.split('.');
    const parts = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
    return rest === undefined ? parts : `${parts}.${rest}`;
  };

  const tiny = (value, digits) => {
    const [m, e] = value.toExponential(digits - 1).split('e');
    return `${m.replace('-', '−')} × 10${superscript(String(Number(e)))}`;
  };

  /** A number to `digits` significant ones; very large or small ones with a power of ten. */
  const number = (value, digits = 3) => {
    if (value === null || value === undefined || !Number.isFinite(value)) return '–';
    if (value === 0) return '0';
    const size = Math.abs(value);
    if (size < 1e-3 || size >= 1e7) return tiny(value, digits);
    const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
    return grouped(value.toFixed(Math.min(decimals, 6))).replace('-', '−');
  };

  /** A count. */
  const whole = (value) => (Number.isFinite(value) ? grouped(String(Math.round(value))).replace('-', '−') : '–');

  /** A number as short as it goes without loss beyond the third digit: "0.2", "1,000", "3 × 10⁻⁵". */
  const brief = (value) => {
    if (!Number.isFinite(value)) return '–';
    const short = Number(value.toPrecision(3));
    if (short !== 0 && (Math.abs(short) < 1e-3 || Math.abs(short) >= 1e5)) return tiny(short, 2).replace('.0 ', ' ');
    return grouped(String(short)).replace('-', '−');
  };

  const fixed = (value, decimals = 2) =>
    (Number.isFinite(value) ? grouped(value.toFixed(decimals)).replace(/^-(?=0\.?0*$)/, '').replace('-', '−') : '–');

  const percent = (share01, decimals = 0) => `${fixed(100 * share01, decimals)} %`;

  const SUPER = {'-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹'};
  const superscript = (text) => text.replace(/[-0-9]/g, (c) => SUPER[c]);

  /** "kg m-2 yr-1" as printed, with superscripts; '' for pure numbers. */
  const unit = (text) => (!text || text === '1' ? '' : text.replace(/([A-Za-z])(-?\d+)/g, (_, a, n) => a + superscript(n)));

  /** A p-value: p < 0.001, else p = 0.02. */
  const probability = (p) => (!Number.isFinite(p) ? 'p not known' : p < 0.001 ? 'p < 0.001' : `p = ${number(p, 2)}`);

  /** ["a", "b", "c"] as "a, b and c". */
  const listed = (words) => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`);

  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  Object.assign(globalThis.report, {open, numbers, thaw, kept, finite, quantile, quantiles, share, valueAt, number, whole, brief,
    fixed, percent, unit, probability, listed, capital});
})();
