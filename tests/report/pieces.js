// @ts-check
// The page's parts without a browser: node pieces.js REPORT-FOLDER VEGA.JS
// Expected numbers are analytic, or worked by hand where said.
'use strict';

const assert = require('assert');
const fs = require('fs');
const path = require('path');

const [folder, vega] = process.argv.slice(2);
globalThis.report = {};
require(path.resolve(vega));
report.land = JSON.parse(fs.readFileSync(path.join(folder, 'land.json'), 'utf8'));
for (const part of ['data', 'world', 'style', 'stats', 'maps', 'components', 'curves', 'sites', 'checks', 'figures', 'answer', 'tables']) require(path.join(path.resolve(folder), `${part}.js`));

const close = (actual, expected, tolerance) => assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} within ${tolerance}`);

/** A regular grid over the whole globe. */
const globe = (step) => {
  const lat = [];
  const lon = [];
  for (let y = -90 + step / 2; y < 90; y += step) for (let x = -180 + step / 2; x < 180; x += step) { lat.push(y); lon.push(x); }
  return {lat, lon, dlat: step, dlon: step};
};

/** Area inside paths made of M, h, v, l and z, by the shoelace formula. */
const areaOf = (d) => d.split(/(?=M)/).reduce((sum, piece) => {
  const points = [];
  let [x, y] = [0, 0];
  for (const [, command, rest] of piece.matchAll(/([Mhvl])([^A-Za-z]*)/g)) {
    const n = (rest.match(/-?\d*\.?\d+(e-?\d+)?/g) || []).map(Number);
    if (command === 'M') [x, y] = n;
    if (command === 'h') x += n[0];
    if (command === 'v') y += n[0];
    if (command === 'l') { x += n[0]; y += n[1]; }
    points.push([x, y]);
  }
  const twice = points.reduce((s, [a, b], i) => { const [c, e] = points[(i + 1) % points.length]; return s + a * e - b * c; }, 0);
  return sum + Math.abs(twice) / 2;
}, 0);

const tests = {
  'packed numbers are what was packed': () => {
    const pack = (array, more) => ({b64: Buffer.from(array.buffer).toString('base64'), ...more});
    const u16 = report.numbers(pack(Uint16Array.from([0, 32767, 65534, 65535]), {type: 'u16', min: -1, max: 1, log: false}));
    assert.deepStrictEqual([...u16.slice(0, 3)], [-1, 0, 1]);
    assert.ok(Number.isNaN(u16[3]));
    const log = report.numbers(pack(Uint8Array.from([0, 127, 254, 255]), {type: 'u8', min: -2, max: 2, log: true}));
    close(log[0], 0.01, 1e-12);
    close(log[1], 1, 1e-12);
    close(log[2], 100, 1e-9);
    assert.ok(Number.isNaN(log[3]));
    assert.deepStrictEqual([...report.numbers(pack(Float32Array.from([0.5, NaN]), {type: 'f32'}))], [0.5, NaN]);
    assert.deepStrictEqual([...report.numbers([1, null])], [1, NaN]);
  },

  'numbers and units are written for readers': () => {
    assert.strictEqual(report.number(1469.4, 4), '1,469');
    assert.strictEqual(report.number(0.0123456, 3), '0.0123');
    assert.strictEqual(report.number(-2.6e-4, 2), '−2.6 × 10⁻⁴');
    assert.strictEqual(report.number(NaN), '–');
    assert.strictEqual(report.whole(45213), '45,213');
    assert.strictEqual(report.brief(0.2), '0.2');
    assert.strictEqual(report.brief(3e-5), '3 × 10⁻⁵');
    assert.strictEqual(report.fixed(-0.001), '0.00');
    assert.strictEqual(report.fixed(-0.026), '−0.03');
    assert.strictEqual(report.unit('gC m-2 yr-1'), 'gC m⁻² yr⁻¹');
    assert.strictEqual(report.unit('1'), '');
    assert.strictEqual(report.probability(1e-9), 'p\u00a0<\u00a00.001');
    assert.strictEqual(report.listed(['a', 'b', 'c']), 'a, b and c');
  },

  'quantiles are linear between neighbours': () => {
    assert.deepStrictEqual(report.quantiles([4, 1, NaN, 3, 2], [0, 0.5, 1]), [1, 2.5, 4]);
    close(report.quantiles([1, 2, 3, 4], [0.25])[0], 1.75, 1e-12);
  },

  'a place within a prior and back': () => {
    const log = {lower: 0.001, upper: 1, log: true};
    close(report.share(log, 0.0316227766), 0.5, 1e-9);
    close(report.valueAt(log, 2 / 3), 0.1, 1e-12);
    close(report.share({lower: 200, upper: 1000, log: false}, 222.222), 0.0277775, 1e-9);
  },

  // Tables of Student's t: two-sided 5 % at 12.706, 2.228 and 1.984 for 1, 10 and 100 degrees of freedom.
  'probabilities of t are those of the tables': () => {
    const {studentP} = report.stats;
    [[12.706, 1], [2.228, 10], [1.984, 100]].forEach(([t, df]) => close(studentP(t, df), 0.05, 2e-5));
    close(studentP(0, 7), 1, 1e-12);
    close(studentP(1, 1), 0.5, 1e-12);
    assert.ok(studentP(40, 45213) < 1e-300);
  },

  // Anscombe's first set (1973): r 0.816, slope 0.500, intercept 3.00.
  'a correlation is that of Anscombe': () => {
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5, NaN];
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68, 1];
    const s = report.stats.correlate(x, y, false);
    close(s.r, 0.816, 5e-4);
    close(s.slope, 0.5, 5e-4);
    close(s.intercept, 3, 5e-3);
    close(s.p, 0.00217, 5e-6);
    assert.strictEqual(s.df, 9);
    const log = report.stats.correlate(x.map((v) => 10 ** v), y.map((v) => 10 ** v), true);
    close(log.slope, s.slope, 1e-9);
  },

  'maps show equal areas as equal': () => {
    const grid = globe(4);
    const width = 8000;
    const area = (lat) => areaOf(report.world.paths(grid, width, (i) => (grid.lat[i] === lat ? 0 : -1))[0].path);
    const band = (lat) => Math.sin((lat + 2) * Math.PI / 180) - Math.sin((lat - 2) * Math.PI / 180);
    for (const lat of [-48, -20, 40, 60, 76]) close(area(lat) / area(0), band(lat) / band(0), 0.005);
  },

  'cells that lie on no grid are dots': () => {
    const field = {type: 'f32', b64: Buffer.from(Float32Array.from([1, 5, 20]).buffer).toString('base64')};
    const m = report.open({structures: [{name: 'a', title: 'A', parameters: []}], quantities: [{name: 'soc_stock_0_30cm', long_name: 'carbon', unit: 'kg m-2', log: true}],
      fields: [0, 1].map((k) => ({structure: 0, parameterisation: k, quantity: 'soc_stock_0_30cm', data: field})), sites: {id: [], lat: [], lon: [], state: [[]], states: [], nse: [[]]},
      grid: {lat: [0, 10.3, 51.7], lon: [0, 20.1, 13.2], area: [1, 1, 1], dlat: null, dlon: null}, experiment: {name: 'e'}});
    const options = {...report.first(m), width: 800, print: true};
    const text = JSON.stringify(report.mapFigures.socMaps.spec(m, options));
    assert.strictEqual((text.match(/h\.01/g) || []).length, 6);
    assert.ok(!/null°/.test(report.mapFigures.socMaps.caption(m, options)));
    assert.ok(report.figures(m).filter((f) => f.why).length >= 8, 'what has no data is left out');
    assert.ok(report.answer(m).question.includes('a') && Array.isArray(report.tables(m)) && Array.isArray(report.tiles(m)));
  },

  'every profile stands in the ledger': () => {
    const structures = ['A', 'B'].map((label, index) => ({index, label, health: {}, parameters: []}));
    const [table] = report.tables({structures, pairs: [], depths: [], compare: {state_name: ['kept', 'few_layers', 'crashed', 'time_limit'],
      state_text: ['goes on', 'too few', 'died', 'long'], profile_count: [[5, 2, 0, 0], [4, 2, 0, 1]]}});
    assert.deepStrictEqual(table.rows, [['kept', 'goes on', 5, 4], ['few layers', 'too few', 2, 2], ['time limit', 'long', 0, 1], ['all', 'profiles of the input', 7, 7]]);
  },

  'a place on the map is found in its cell': () => {
    const grid = globe(2);
    const {find} = report.world.cells(grid);
    for (const [lon, lat] of [[-179.5, 83], [0.5, -0.5], [13.9, 52.1], [179.9, -56]]) {
      const i = find(lon, lat);
      assert.ok(Math.abs(grid.lon[i] - lon) <= 1 && Math.abs(grid.lat[i] - lat) <= 1, `${lon} ${lat} in cell ${grid.lon[i]} ${grid.lat[i]}`);
    }
    assert.strictEqual(report.world.cells({...grid, lat: [1], lon: [1]}).find(50, 50), -1);
  },

  'densities of draws hold one': () => {
    const even = Array.from({length: 500}, (_, i) => (i + 0.5) / 500);
    const heap = even.map((u) => u * u * 0.2);
    for (const draws of [even, heap]) {
      const d = report.siteFigures.kernelDensity(draws);
      const integral = d.reduce((s, v, i) => s + v * (i === 0 || i === d.length - 1 ? 0.5 : 1), 0) / (d.length - 1);
      close(integral, 1, 0.02);
    }
    report.siteFigures.kernelDensity(even).forEach((v) => close(v, 1, 0.06));
  },

  'logarithmic ticks stand at 1, 2, 5': () => {
    assert.deepStrictEqual(report.style.logTicks(0.5, 20, 6), [0.5, 1, 2, 5, 10, 20]);
    assert.deepStrictEqual(report.style.logTicks(1e-3, 1e4, 8), [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10000]);
  },

  'colours keep their order and their ends': () => {
    const c = report.style.colors([1, 100], true);
    assert.strictEqual(c.level(NaN), -1);
    assert.strictEqual(c.level(0.5), 0);
    assert.strictEqual(c.level(1e6), report.world.LEVELS - 1);
    assert.strictEqual(c.level(10), report.world.LEVELS / 2);
  },

  'the scripts hold nothing that ends a script': () => {
    for (const file of [...fs.readdirSync(folder).filter((f) => f.endsWith('.js')).map((f) => path.join(folder, f)), vega]) {
      assert.ok(!/<\/script/i.test(fs.readFileSync(file, 'utf8')), file);
    }
  },
};

for (const [name, test] of Object.entries(tests)) {
  test();
  console.log(`ok - ${name}`);
}
console.log(`${Object.keys(tests).length} passed, 0 failed`);
