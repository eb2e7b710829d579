#!/usr/bin/env node
// @ts-check
// Draws every figure of a report as SVG, for papers, with the same specifications as the page:
//   node render.js VEGA.JS PAGE-DATA.JSON FOLDER
// Prints the name of each file that it wrote. No browser and no canvas.
'use strict';

const fs = require('fs');
const path = require('path');

const WIDTH = 1000;

/** Vega guesses widths without a canvas; this guess is closer to the font that is used. */
const measure = (vega) => {
  vega.textMetrics.width = (item, text) => report.style.textWidth(text ?? '', item.fontSize || 11);
};

const load = (vega, data) => {
  globalThis.report = {};
  require(path.resolve(vega));
  report.land = JSON.parse(fs.readFileSync(path.join(__dirname, 'land.json'), 'utf8'));
  ['data', 'world', 'style', 'stats', 'maps', 'components', 'curves', 'sites', 'checks', 'figures', 'answer', 'tables'].forEach((part) => require(path.join(__dirname, `${part}.js`)));
  measure(globalThis.vega);
  return report.open(JSON.parse(fs.readFileSync(data, 'utf8')));
};

const draw = async (model, figure, edition, folder) => {
  const options = {...edition.options, width: WIDTH, print: true};
  const svg = await report.view(figure.spec(model, options), {renderer: 'none'}).toSVG();
  const name = `${figure.id}${edition.suffix}.svg`;
  fs.writeFileSync(path.join(folder, name), svg);
  process.stdout.write(`${name}\n`);
};

const main = async ([vega, data, folder]) => {
  if (!folder) throw new Error('render.js: expected VEGA.JS PAGE-DATA.JSON FOLDER');
  const model = load(vega, data);
  fs.mkdirSync(folder, {recursive: true});
  for (const figure of report.figures(model).filter((f) => !f.why)) {
    for (const edition of report.editions(model, figure)) await draw(model, figure, edition, folder);
  }
};

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`render.js: ${error.stack || error}\n`);
  process.exitCode = 1;
});
