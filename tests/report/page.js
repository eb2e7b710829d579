// @ts-check
// A report's page in a headless Chromium without network: node page.js PAGE.HTML RENDER.JS VEGA.JS [alone]
'use strict';

const assert = require('assert');
const {execFileSync} = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const {Browser} = require('./browser.js');

const [file, renderer, vega, alone] = process.argv.slice(2);
const MEGABYTE = 1e6;
/** Begins the name of the experiment and a label of a class. */
const HOSTILE = '</script><img src=x onerror=injected=1>';
const PAIRED = ['correlations', 'soc-differences'];

/** How many colours other than greys a figure's canvas has in a rectangle, looked at every few pixels. */
const COLOURS = `(id, at) => {
  const canvas = document.querySelector('#figure-' + id + ' canvas');
  const ratio = canvas.width / canvas.clientWidth;
  const box = at || {x: 0, y: 0, width: canvas.clientWidth, height: canvas.clientHeight};
  const data = canvas.getContext('2d').getImageData(box.x * ratio, box.y * ratio, box.width * ratio, box.height * ratio).data;
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4 * 7) {
    const rgb = data.subarray(i, i + 3);
    if (data[i + 3] > 250 && Math.max(...rgb) - Math.min(...rgb) > 40) seen.add(rgb.join());
  }
  return seen.size;
}`;

/** The list of sites. */
const PICKER = `[...document.querySelectorAll('.picker')].find((p) => p.querySelector('label').textContent === 'Site')`;

const list = (page) => page.evaluate(`report.page.figures.map((f) => ({id: f.id, why: f.why, uses: f.uses, maps: Boolean(f.maps)}))`);

/** Scrolls through the page as a reader does, so that all figures are drawn as they come into view. */
const readThrough = async (page) => {
  const height = await page.evaluate('innerHeight');
  for (let y = 0; y < (await page.evaluate('document.documentElement.scrollHeight')); y += height) {
    await page.evaluate(`scrollTo(0, ${y})`);
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  }
  await page.until(`report.page.figures.filter((f) => !f.why).every((f) => document.querySelector('#figure-' + f.id + ' .drawing').children.length)`);
};

const drawing = (page, id) => page.evaluate(`(() => {
  const canvas = document.querySelector('#figure-${id} canvas');
  return canvas ? canvas.toDataURL() : document.querySelector('#figure-${id} svg').outerHTML;
})()`);

/** Does something and waits until a figure is another. */
const changes = async (page, id, action) => {
  await page.evaluate(`document.getElementById('figure-${id}').scrollIntoView()`);
  const before = await drawing(page, id);
  await action();
  const end = Date.now() + 10000;
  while ((await drawing(page, id)) === before) {
    assert.ok(Date.now() < end, `figure ${id} did not change`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const choose = (page, label) => page.evaluate(`(() => {
  const found = [...document.querySelectorAll('.choice')].find((c) => c.textContent === ${JSON.stringify(label)});
  found.querySelector('input').click();
})()`);

const tests = {
  'loads from a file, quickly, small, and asks for nothing': async (page) => {
    assert.ok(fs.statSync(file).size < 10 * MEGABYTE, `${fs.statSync(file).size} bytes`);
    assert.ok(page.took < 8000, `${page.took} ms to load`);
    const asked = page.requests.filter((url) => !/^(data|blob):/.test(url));
    assert.deepStrictEqual(asked, [`file://${file}`]);
    assert.ok((await page.evaluate('document.title')).length > 10);
  },

  'draws figures only as they come into view': async (page) => {
    const drawn = await page.evaluate(`document.querySelectorAll('.drawing > div').length`);
    const all = (await list(page)).filter((f) => !f.why).length;
    assert.ok(drawn < all, `${drawn} of ${all} drawn at once`);
    await readThrough(page);
  },

  'shows every figure of its list, and none is empty': async (page) => {
    const figures = await list(page);
    assert.ok(figures.length >= 20, `${figures.length} figures`);
    for (const {id, why, maps} of figures) {
      if (why) continue;
      const marks = await page.evaluate(`document.querySelectorAll('#figure-${id} svg path, #figure-${id} svg text').length`);
      const colours = await page.evaluate(`document.querySelector('#figure-${id} canvas') ? (${COLOURS})('${id}') : 0`);
      assert.ok(marks > 20 || colours > 2, `figure ${id} is empty: ${marks} marks, ${colours} colours`);
      if (!maps) continue;
      const each = await page.evaluate(`report.page.figures.find((f) => f.id === '${id}').maps(report.page.model,
        {...report.page.state, width: document.querySelector('#figure-${id} .drawing').clientWidth}).map((at) => (${COLOURS})('${id}', at))`);
      each.forEach((n, i) => assert.ok(n > 2, `map ${i} of figure ${id} has ${n} colours`));
    }
  },

  'says what was left out, and why': async (page) => {
    const out = (await list(page)).filter((f) => f.why);
    if (alone) PAIRED.forEach((id) => assert.ok(out.some((f) => f.id === id && /one structure/.test(f.why)), `${id} with one structure`));
    else PAIRED.forEach((id) => assert.ok(!out.some((f) => f.id === id), `no ${id}`));
    const said = await page.evaluate(`[...document.querySelectorAll('.out')].map((p) => p.textContent)`);
    assert.strictEqual(said.length, out.length);
    out.forEach((f, i) => assert.ok(said[i].includes(f.why)));
  },

  'has words for every figure': async (page) => {
    const words = await page.evaluate(`[...document.querySelectorAll('figure')].map((f) => ({id: f.id, caption: f.querySelector('figcaption').textContent,
      label: f.querySelector('[role=img]').getAttribute('aria-label'), buttons: f.querySelectorAll('button').length, title: f.querySelector('h3').textContent}))`);
    words.forEach((w, i) => {
      assert.ok(w.caption.length > 80 && w.title.startsWith(`Figure ${i + 1}. `), `${w.id}: ${w.title}, ${w.caption}`);
      assert.ok(w.label.length > 30 && w.buttons === 3, w.id);
      assert.ok(!/(?<!nse |efficiency )undefined|NaN|\[object/.test(w.caption + w.label + w.title), `${w.id}: ${w.caption} ${w.label}`);
    });
    const text = await page.evaluate(`document.body.innerText`);
    assert.ok(!/(?<!nse |efficiency )undefined|NaN|\[object/.test(text.slice(0, 20000)));
  },

  'shows names and labels as text, whatever stands in them': async (page) => {
    const made = await page.evaluate(`[...document.querySelectorAll('img, iframe, object, [onerror], [onclick], [href^="javascript"]')].map((e) => e.outerHTML)`);
    assert.deepStrictEqual(made, []);
    assert.strictEqual(await page.evaluate('typeof globalThis.injected'), 'undefined');
    assert.ok((await page.evaluate('document.title')).includes(HOSTILE), await page.evaluate('document.title'));
    assert.ok((await page.evaluate('document.body.textContent')).includes(HOSTILE));
  },

  'another site has other violins and another profile': async (page) => {
    const options = await page.evaluate(`[...(${PICKER}).querySelectorAll('option')].map((o) => Number(o.value))`);
    const site = await page.evaluate('report.page.state.site');
    const other = options.find((v) => v !== site);
    const before = await drawing(page, 'profile');
    await changes(page, 'violins', () => page.evaluate(`(() => {
      const list = (${PICKER}).querySelector('select');
      list.value = '${other}';
      list.dispatchEvent(new Event('change'));
    })()`));
    const title = await page.evaluate(`document.querySelector('#figure-violins h3').textContent`);
    assert.ok(title.includes(String(await page.evaluate(`report.page.model.sites.id[${other}]`))), title);
    await page.until(`document.querySelector('#figure-profile .drawing').children.length`);
    await page.evaluate(`document.getElementById('figure-profile').scrollIntoView()`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.notStrictEqual(await drawing(page, 'profile'), before);
  },

  'a click on the map picks a site': async (page) => {
    const toClick = `(() => {
      document.getElementById('figure-sites').scrollIntoView();
      const {model, state, figures} = report.page;
      const place = document.querySelector('#figure-sites .drawing');
      const box = place.getBoundingClientRect();
      const map = figures.find((f) => f.id === 'sites').places(model, {...state, width: place.clientWidth})[0];
      const {projection} = report.world.frame(map.width);
      const at = (i) => projection([model.sites.lon[i], model.sites.lat[i]]);
      const far = (i) => Math.min(...model.detailed.filter((j) => j !== i).map((j) => Math.hypot(at(i)[0] - at(j)[0], at(i)[1] - at(j)[1])));
      const i = model.detailed.filter((j) => j !== state.site).sort((a, b) => far(b) - far(a))[0];
      return {i, x: box.x + map.x + at(i)[0], y: box.y + map.y + at(i)[1]};
    })()`;
    await changes(page, 'violins', async () => {
      // Figures above are drawn late and may move the map between the look and the click.
      for (let left = 10, picked = false; !picked; left--) {
        const target = await page.evaluate(toClick);
        await page.click(target.x, target.y);
        picked = await page.until(`report.page.state.site === ${target.i}`, 2000).then(() => true, (error) => {
          if (!left) throw error;
        });
      }
      await page.evaluate(`document.getElementById('figure-violins').scrollIntoView()`);
    });
  },

  'the depth switches': async (page) => {
    await changes(page, 'soc-maps', () => choose(page, '0–30 cm'));
    assert.match(await page.evaluate(`document.querySelector('#figure-soc-maps h3').textContent`), /0–30 cm/);
    const checked = await page.evaluate(`[...document.querySelectorAll('.choice')].filter((c) => c.textContent === '0–30 cm').map((c) => c.querySelector('input').checked)`);
    assert.ok(checked.every(Boolean), 'every switch of depth shows the same');
  },

  'parameters switch': async (page) => {
    await changes(page, 'component-baseline-decomposition', () => choose(page, 'ad hoc'));
  },

  'a component is shown as the published code has it': async (page) => {
    const id = 'component-carbon-transfer-efficiency';
    await changes(page, id, () => choose(page, 'the published code'));
    assert.match(await page.evaluate(`document.querySelector('#figure-${id} figcaption').textContent`), /published code computes it \(bulk_A\)/);
    await changes(page, id, () => choose(page, 'the paper’s equation'));
    assert.match(await page.evaluate(`document.querySelector('#figure-${id} figcaption').textContent`), /by the paper’s equation/);
  },

  'a place on a map tells its value': async (page) => {
    await page.evaluate(`document.getElementById('figure-soc-maps').scrollIntoView()`);
    const at = await page.evaluate(`(() => {
      const {model, state, figures} = report.page;
      const place = document.querySelector('#figure-soc-maps .drawing');
      const box = place.getBoundingClientRect();
      const map = figures.find((f) => f.id === 'soc-maps').maps(model, {...state, width: place.clientWidth})[1];
      const i = map.values.findIndex((v, j) => v > 0 && Math.abs(model.grid.lat[j]) < 30);
      const [x, y] = report.world.frame(map.width).projection([model.grid.lon[i], model.grid.lat[i]]);
      return {x: box.x + map.x + x, y: box.y + map.y + y, value: report.number(map.values[i], 3)};
    })()`);
    await page.send('Input.dispatchMouseEvent', {type: 'mouseMoved', x: at.x, y: at.y});
    const tip = await page.evaluate(`document.getElementById('tip').textContent`);
    assert.ok(tip.includes(`${at.value} kg m⁻²`), `${tip} tells not ${at.value}`);
  },

  'a table sorts both ways': async (page) => {
    const click = `document.querySelectorAll('#table-totals th button')[2].click()`;
    const column = () => page.evaluate(`[...document.querySelectorAll('#table-totals tbody tr')].map((r) => Number(r.cells[2].textContent.replaceAll(',', '')))`);
    const ascending = (v) => v.every((x, i) => i === 0 || x >= v[i - 1]);
    await page.evaluate(click);
    assert.ok(ascending(await column()));
    await page.evaluate(click);
    assert.ok(ascending((await column()).reverse()));
    assert.strictEqual(await page.evaluate(`document.querySelectorAll('#table-totals th')[2].getAttribute('aria-sort')`), 'descending');
  },

  'data and pictures are one click away': async (page, browser) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'proda-saved-'));
    try {
      await browser.send('Browser.setDownloadBehavior', {behavior: 'allow', downloadPath: folder});
      const saved = async (button, ending) => {
        await page.evaluate(`[...document.querySelectorAll('#figure-totals button')].find((b) => b.textContent.includes('${button}')).click()`);
        const end = Date.now() + 15000;
        const found = () => fs.readdirSync(folder).find((f) => f.endsWith(`totals.${ending}`) && fs.statSync(path.join(folder, f)).size);
        while (!found()) {
          assert.ok(Date.now() < end, `no ${button} was saved`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return fs.readFileSync(path.join(folder, found()));
      };
      const csv = String(await saved('CSV', 'csv'));
      assert.match(csv, /^structure,depth,ad hoc \(Pg\),calibrated \(Pg\)/);
      assert.strictEqual(csv.trim().split('\n').length, 1 + 3 * (await page.evaluate('report.page.model.structures.length')));
      assert.match(String(await saved('SVG', 'svg')), /^<svg[^]*Pg C[^]*<\/svg>/);
      assert.strictEqual((await saved('PNG', 'png')).subarray(1, 4).toString(), 'PNG');
    } finally {
      fs.rmSync(folder, {recursive: true});
    }
  },

  'fits a window that changes': async (page) => {
    await page.evaluate(`document.getElementById('figure-sites').scrollIntoView()`);
    const wide = () => page.evaluate(`document.querySelector('#figure-sites canvas').clientWidth`);
    const before = await wide();
    const size = (width) => page.send('Emulation.setDeviceMetricsOverride', {width, height: 900, deviceScaleFactor: 1, mobile: false});
    await size(700);
    await page.until(`document.querySelector('#figure-sites canvas').clientWidth < 700`);
    await size(1280);
    await page.until(`document.querySelector('#figure-sites canvas').clientWidth === ${before}`);
  },

  'fits a phone': async (page, browser) => {
    const phone = await browser.page({width: 390, height: 844, scale: 3, phone: true, dark: true});
    await phone.open(`file://${file}`);
    await readThrough(phone);
    assert.ok((await phone.evaluate('document.documentElement.scrollWidth')) <= 390);
    assert.deepStrictEqual(phone.errors, []);
  },

  'draws the same figures for papers': async (page) => {
    if (alone) return;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'proda-figures-'));
    try {
      fs.writeFileSync(path.join(folder, 'data.json'), await page.evaluate(`document.getElementById('data').textContent`));
      const names = execFileSync(process.execPath, [renderer, vega, path.join(folder, 'data.json'), folder], {encoding: 'utf8'}).trim().split('\n');
      const ids = (await list(page)).filter((f) => !f.why).map((f) => f.id);
      ids.forEach((id) => assert.ok(names.some((n) => n.startsWith(id)), `no file of figure ${id}`));
      for (const name of names) {
        const svg = fs.readFileSync(path.join(folder, name), 'utf8');
        assert.ok(svg.length < 2 * MEGABYTE && svg.length > 5000, `${name}: ${svg.length} bytes`);
        assert.ok(!/NaN|(?<!nse |efficiency )undefined|Infinity/.test(svg), `${name} has numbers that are none`);
        assert.match(svg, /Liberation Sans/);
      }
    } finally {
      fs.rmSync(folder, {recursive: true});
    }
  },

  'no error was told to the console': (page) => assert.deepStrictEqual(page.errors, []),
};

const main = async () => {
  const browser = new Browser();
  try {
    const page = await browser.page({width: 1280, height: 900});
    await page.send('Network.emulateNetworkConditions', {offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0});
    page.took = await page.open(`file://${file}`);
    await page.until('document.documentElement.dataset.ready').catch((error) => { throw new Error(`${error.message}; ${page.errors.join('; ')}`); });
    for (const [name, test] of Object.entries(tests)) {
      await test(page, browser);
      console.log(`ok - ${name}`);
    }
    console.log(`${Object.keys(tests).length} passed, 0 failed`);
  } finally {
    await browser.close();
  }
};

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
