// @ts-check
// Maps: Equal Earth (equal in area), cells of a grid merged into few paths, coastlines. Without a browser.
'use strict';

(() => {
  const SOUTH = -57;
  const NORTH = 84;
  const LEVELS = 48;

  const round = (v) => Math.round(v * 10) / 10;

  /** Projection of the land that carries soil onto a picture of this width; y grows downwards. */
  const project = (width) => {
    const projection = globalThis.vega.projection('equalEarth')().precision(0.2);
    projection.scale(1).translate([0, 0]);
    const [left] = projection([-180, 0]);
    const [right] = projection([180, 0]);
    const top = projection([0, NORTH])[1];
    const bottom = projection([0, SOUTH])[1];
    const scale = (width - 2) / (right - left);
    projection.scale(scale).translate([width / 2, 1 - top * scale]);
    return {projection, height: Math.ceil((bottom - top) * scale + 2)};
  };

  /** A path of M, L and Z to a tenth of a pixel, in steps, which take half the room. */
  const shortened = (path) => {
    let [x, y] = [0, 0];
    return path.replace(/([ML])(-?[\d.e-]+),(-?[\d.e-]+)/g, (_, command, px, py) => {
      const [dx, dy] = [round(Number(px) - x), round(Number(py) - y)];
      if (command === 'M') [x, y] = [round(Number(px)), round(Number(py))];
      else [x, y] = [round(x + dx), round(y + dy)];
      return command === 'M' ? `M${x} ${y}` : `l${dx} ${dy}`;
    });
  };

  /** Outline of the part of the globe that is shown. */
  const outline = (projection) => {
    const points = [];
    for (let lat = SOUTH; lat <= NORTH; lat += 3) points.push([-180, lat]);
    for (let lat = NORTH; lat >= SOUTH; lat -= 3) points.push([180, lat]);
    return `M${points.map((p) => projection(p).map(round).join()).join('L')}Z`;
  };

  const graticule = (projection) => {
    const parallels = [-30, 0, 30, 60].map((lat) => {
      const a = projection([-180, lat]).map(round);
      return `M${a.join()}H${round(projection([180, lat])[0])}`;
    });
    return parallels.join('');
  };

  /** Everything about a picture of this width that does not depend on data. */
  const frame = globalThis.report.kept((width) => {
    const {projection, height} = project(width);
    const path = globalThis.vega.getProjectionPath(projection);
    path.context(null);
    return {
      projection, width, height,
      outline: outline(projection),
      graticule: graticule(projection),
      land: shortened(path(globalThis.report.land) || ''),
    };
  });

  const wrap = (lon) => ((((lon + 180) % 360) + 360) % 360) - 180;

  /** Rows of cells from west to east: [{lat, cells: [index], west: [longitude]}], and a search by place. */
  const cells = globalThis.report.kept((grid) => {
    const byRow = new Map();
    for (let i = 0; i < grid.lat.length; i++) {
      const key = Math.round(grid.lat[i] / grid.dlat * 2);
      if (!byRow.has(key)) byRow.set(key, []);
      byRow.get(key).push(i);
    }
    const rows = [...byRow.values()].map((row) => {
      row.sort((a, b) => wrap(grid.lon[a]) - wrap(grid.lon[b]));
      return {lat: grid.lat[row[0]], cells: row};
    });
    return {rows, find: finder(grid, byRow)};
  }, (grid) => grid);

  const finder = (grid, byRow) => (lon, lat) => {
    const near = [...byRow.values()].find((row) => Math.abs(grid.lat[row[0]] - lat) <= grid.dlat / 2);
    const found = near && near.find((i) => Math.abs(wrap(grid.lon[i] - lon)) <= grid.dlon / 2);
    return found === undefined ? -1 : found;
  };

  /** One run of cells of a row: a trapezoid, a little larger so that no seam shows between neighbours. */
  const trapezoid = (projection, lat, dlat, west, east) => {
    const north = Math.min(lat + dlat / 2, 90);
    const south = Math.max(lat - dlat / 2, -90);
    const [x0, y0] = projection([Math.max(west, -180), north]);
    const [x1] = projection([Math.min(east, 180), north]);
    const [x2, y1] = projection([Math.min(east, 180), south]);
    const [x3] = projection([Math.max(west, -180), south]);
    const grow = 0.2;
    return `M${round(x0)} ${round(y0)}h${round(x1 + grow - x0)}l${round(x2 - x1)} ${round(y1 + grow - y0)}h${round(x3 - x2 - grow)}z`;
  };

  /**
   * Cells as one path for each level of colour: [{level, path}]. `level(i)` is the level of cell i, from 0,
   * or -1 where nothing is drawn.
   */
  const paths = (grid, width, level) => {
    const {projection} = frame(width);
    const made = new Map();
    for (const {lat, cells: row} of cells(grid).rows) {
      let start = 0;
      while (start < row.length) {
        const at = level(row[start]);
        const west = wrap(grid.lon[row[start]]) - grid.dlon / 2;
        let east = west + grid.dlon;
        let end = start + 1;
        while (end < row.length && level(row[end]) === at &&
          Math.abs(wrap(grid.lon[row[end]]) - grid.dlon / 2 - east) < grid.dlon / 10) {
          east += grid.dlon;
          end++;
        }
        if (at >= 0) made.set(at, (made.get(at) || '') + trapezoid(projection, lat, grid.dlat, west, east));
        start = end;
      }
    }
    return [...made].map(([l, path]) => ({level: l, path}));
  };

  /** Where rows of a picture lie: latitude of each, and degrees of longitude a pixel. */
  const lines = globalThis.report.kept((width, ratio) => {
    const {projection, height} = frame(width);
    return Array.from({length: Math.round(height * ratio)}, (_, j) => {
      const y = (j + 0.5) / ratio;
      const [, lat] = projection.invert([width / 2, y]);
      const [east] = projection([90, lat]);
      return {lat, degrees: 90 / (east - width / 2) / ratio};
    });
  });

  /** Index of the cell of each row and column of the grid, -1 where there is none. */
  const table = globalThis.report.kept((grid) => {
    const [rows, columns] = [Math.ceil(180 / grid.dlat), Math.ceil(360 / grid.dlon)];
    const index = new Int32Array(rows * columns).fill(-1);
    for (let i = 0; i < grid.lat.length; i++) {
      const [r, c] = [Math.floor((grid.lat[i] + 90) / grid.dlat), Math.floor((wrap(grid.lon[i]) + 180) / grid.dlon)];
      if (r >= 0 && r < rows && c < columns) index[r * columns + c] = i;
    }
    return {index, rows, columns};
  }, (grid) => grid);

  const packed = (color) => {
    const [r, g, b] = color.match(/\d+/g).map(Number);
    return (255 << 24 | b << 16 | g << 8 | r) >>> 0;
  };

  /**
   * Cells as a picture, for browsers: parallels are straight in this projection, so each line of pixels is a
   * walk along a row of the grid. Far faster than paths. `level` and `color` as colours have them.
   */
  const picture = (grid, width, level, color) => {
    const ratio = Math.min(3, Math.max(2, globalThis.devicePixelRatio || 1));
    const canvas = document.createElement('canvas');
    const rows = lines(width, ratio);
    [canvas.width, canvas.height] = [Math.round(width * ratio), rows.length];
    const context = canvas.getContext('2d');
    const image = context.createImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    const palette = Array.from({length: LEVELS}, (_, l) => packed(color(l)));
    const {index, columns} = table(grid);
    rows.forEach(({lat, degrees}, j) => {
      const row = Math.floor((lat + 90) / grid.dlat) * columns;
      for (let i = 0; i < canvas.width; i++) {
        const lon = (i + 0.5 - canvas.width / 2) * degrees;
        if (lon < -180 || lon >= 180) continue;
        const cell = index[row + Math.floor((lon + 180) / grid.dlon)] ?? -1;
        const l = cell < 0 ? -1 : level(cell);
        if (l >= 0) pixels[j * canvas.width + i] = palette[l];
      }
    });
    context.putImageData(image, 0, 0);
    return canvas;
  };

  /** Points as one path for each group, drawn by a line with round ends: [{group, path}]. */
  const points = (width, lat, lon, group) => {
    const {projection} = frame(width);
    const made = new Map();
    lat.forEach((y, i) => {
      const g = group(i);
      if (g === null || g === undefined || lon[i] === null || y === null) return;
      const [px, py] = projection([wrap(lon[i]), y]);
      made.set(g, `${made.get(g) || ''}M${round(px)} ${round(py)}h.01`);
    });
    return [...made].map(([g, path]) => ({group: g, path}));
  };

  globalThis.report.world = {LEVELS, frame, cells, paths, picture, points, wrap};
})();
