// The plane: what D says as the ground, the points, the arrows, the noise as G warps it. Coordinates come as 16-bit
// numbers of 1/8000.
const EXTENT = 2.1, UNIT = 8000, CELLS = 48, INK = {};

function bytes(code) {
  const text = atob(code), array = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) array[i] = text.charCodeAt(i);
  return array;
}
const floats = code => new Float32Array(bytes(code).buffer);
const shorts = code => new Int16Array(bytes(code).buffer);

function readInk() {
  const style = getComputedStyle(root);
  for (const name of ['real', 'fake', 'star', 'ink', 'faint', 'ground', 'edge', 'arrow'])
    INK[name] = style.getPropertyValue('--pg-' + name).trim();
  INK.dark = document.body.classList.contains('dark');
  INK.ramp = INK.dark ? [[110, 60, 22], [15, 23, 42], [16, 74, 116]] : [[243, 178, 130], [255, 255, 255], [140, 194, 228]];
}

function fit(canvas, ratio) {
  const width = canvas.clientWidth, scale = window.devicePixelRatio || 1;
  const height = ratio ? width * ratio : canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const pen = canvas.getContext('2d');
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return [pen, width, height];
}

const tile = document.createElement('canvas');
tile.width = tile.height = CELLS;

function ground(pen, size, levels) {
  const paper = tile.getContext('2d'), picture = paper.createImageData(CELLS, CELLS);
  const [low, middle, high] = INK.ramp;
  for (let i = 0; i < levels.length; i++) {
    const t = levels[i] / 127 - 1, to = t < 0 ? low : high, share = Math.abs(t);
    for (let c = 0; c < 3; c++) picture.data[4 * i + c] = middle[c] + (to[c] - middle[c]) * share;
    picture.data[4 * i + 3] = 255;
  }
  paper.putImageData(picture, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(tile, 0, 0, size, size);
}

function contour(pen, size, levels, at, colour, dash, width) {
  const step = size / CELLS, value = (r, c) => levels[r * CELLS + c] - at;
  pen.beginPath();
  for (let r = 0; r < CELLS - 1; r++) for (let c = 0; c < CELLS - 1; c++) {
    const corner = [value(r, c), value(r, c + 1), value(r + 1, c + 1), value(r + 1, c)], cut = [];
    const place = [[c, r], [c + 1, r], [c + 1, r + 1], [c, r + 1]];
    for (let e = 0; e < 4; e++) {
      const a = corner[e], b = corner[(e + 1) % 4];
      if (a < 0 === b < 0) continue;
      const t = a / (a - b), [p, q] = [place[e], place[(e + 1) % 4]];
      cut.push([(p[0] + (q[0] - p[0]) * t + .5) * step, (p[1] + (q[1] - p[1]) * t + .5) * step]);
    }
    for (let k = 0; k + 1 < cut.length; k += 2) { pen.moveTo(...cut[k]); pen.lineTo(...cut[k + 1]); }
  }
  pen.strokeStyle = colour; pen.lineWidth = width; pen.setLineDash(dash); pen.stroke(); pen.setLineDash([]);
}

function mesh(pen, at, spot) {
  const points = shorts(at.at), n = at.side;
  const place = i => spot(points[2 * i], points[2 * i + 1]);
  pen.strokeStyle = INK.fake; pen.fillStyle = INK.fake;
  if (at.dim === 1) {
    for (let i = 0; i + 1 < points.length / 2; i++) {
      const [a, b] = [place(i), place(i + 1)], length = Math.hypot(a[0] - b[0], a[1] - b[1]);
      pen.globalAlpha = Math.max(.12, Math.min(1, 4 / (length + .5)));
      pen.lineWidth = Math.max(1, Math.min(7, 12 / (length + 1)));
      pen.beginPath(); pen.moveTo(...a); pen.lineTo(...b); pen.stroke();
    }
  } else {
    pen.lineWidth = .6;
    for (let r = 0; r + 1 < n; r++) for (let c = 0; c + 1 < n; c++) {
      const q = [place(r * n + c), place(r * n + c + 1), place(r * n + n + c + 1), place(r * n + n + c)];
      let area = 0;
      q.forEach((p, i) => { const s = q[(i + 1) % 4]; area += p[0] * s[1] - s[0] * p[1]; });
      pen.beginPath(); q.forEach((p, i) => i ? pen.lineTo(...p) : pen.moveTo(...p)); pen.closePath();
      pen.globalAlpha = Math.max(.05, Math.min(.75, 45 / (Math.abs(area) / 2 + 30))); pen.fill();
      pen.globalAlpha = .45; pen.stroke();
    }
  }
  pen.globalAlpha = 1;
}

// A point is stamped: one small picture, drawn many times, costs a tenth of as many paths.
const stamps = {};
function stamp(kind, radius) {
  const scale = window.devicePixelRatio || 1, key = [kind, radius, scale, INK[kind], INK.edge].join();
  if (stamps[key]) return stamps[key];
  const half = Math.ceil(radius * 1.4 + 2), sheet = document.createElement('canvas');
  sheet.width = sheet.height = 2 * half * scale;
  const pen = sheet.getContext('2d'), r = radius * 1.35;
  pen.scale(scale, scale); pen.translate(half, half); pen.beginPath();
  if (kind === 'real') pen.arc(0, 0, radius, 0, 7);
  else { pen.moveTo(0, -r); pen.lineTo(r * .9, r * .65); pen.lineTo(-r * .9, r * .65); pen.closePath(); }
  pen.lineWidth = 1.6; pen.strokeStyle = INK.edge; pen.stroke(); pen.fillStyle = INK[kind]; pen.fill();
  return (stamps[key] = {sheet, half});
}

function dots(pen, code, spot, kind, radius) {
  const points = shorts(code), {sheet, half} = stamp(kind, radius);
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = spot(points[i], points[i + 1]);
    pen.drawImage(sheet, x - half, y - half, 2 * half, 2 * half);
  }
}

// Lengths tell the size of the gradient on a scale of powers of ten: none below 1e-5, full length from 10 on.
function pulls(pen, arrows, spot, size) {
  const at = shorts(arrows.at), by = floats(arrows.by), full = size * .06;
  pen.strokeStyle = INK.arrow; pen.fillStyle = INK.arrow; pen.lineWidth = 1.2; pen.lineCap = 'round';
  for (let i = 0; i < at.length; i += 2) {
    const slope = Math.hypot(by[i], by[i + 1]), length = full * Math.max(0, Math.min(1, (Math.log10(slope) + 5) / 6));
    if (!(length > .5)) continue;
    const [x, y] = spot(at[i], at[i + 1]), dx = by[i] / slope * length, dy = -by[i + 1] / slope * length;
    const head = Math.min(5, length * .4), turn = Math.atan2(dy, dx);
    pen.beginPath(); pen.moveTo(x, y); pen.lineTo(x + dx, y + dy); pen.stroke();
    pen.beginPath(); pen.moveTo(x + dx, y + dy);
    pen.lineTo(x + dx - head * Math.cos(turn - .45), y + dy - head * Math.sin(turn - .45));
    pen.lineTo(x + dx - head * Math.cos(turn + .45), y + dy - head * Math.sin(turn + .45)); pen.fill();
  }
}

function centres(pen, ledger, spot, size) {
  const at = shorts(ledger.modes_at), counts = ledger.counts || [];
  for (let k = 0; k < at.length / 2; k++) {
    const [x, y] = spot(at[2 * k], at[2 * k + 1]);
    pen.beginPath(); pen.arc(x, y, size * (at.length > 30 ? .022 : .03), 0, 7);
    pen.strokeStyle = counts[k] ? INK.ink : INK.faint; pen.lineWidth = counts[k] ? 1.6 : 1.1;
    pen.setLineDash(counts[k] ? [] : [3, 3]); pen.stroke();
  }
  pen.setLineDash([]);
}

function drawPlane(canvas, run, frame) {
  const [pen, size] = fit(canvas, 1), on = new Set(frame.layers);
  const spot = (x, y) => [(x / UNIT + EXTENT) / (2 * EXTENT) * size, (EXTENT - y / UNIT) / (2 * EXTENT) * size];
  pen.fillStyle = INK.ground; pen.fillRect(0, 0, size, size);
  if (run.surface) {
    const levels = bytes(run.surface.cells);
    ground(pen, size, levels);
    contour(pen, size, levels, 127, INK.faint, [], 1.2);
  }
  if (run.optimum) {
    const levels = bytes(run.optimum.cells);
    if (!run.surface) ground(pen, size, levels);
    for (const at of [32, 127, 222]) contour(pen, size, levels, at, INK.star, at === 127 ? [] : [5, 4], 2);
  }
  if (run.manifold) mesh(pen, run.manifold, spot);
  if (run.ledger.modes_at && on.has('real')) centres(pen, run.ledger, spot, size);
  const small = Math.max(1.5, size / 260);
  if (run.real) dots(pen, run.real, spot, 'real', small);
  if (run.fake) dots(pen, run.fake, spot, 'fake', small);
  if (run.arrows) pulls(pen, run.arrows, spot, size);
  for (const kind of ['real', 'fake']) if (frame.spotlight[kind]) dots(pen, frame.spotlight[kind], spot, kind, small * 2);
  if (drawing.on || drawing.points.length) {
    const flat = new Int16Array(drawing.points.flatMap(p => p.map(v => v * UNIT)));
    pen.fillStyle = INK.ground; pen.globalAlpha = drawing.on ? .75 : 0; pen.fillRect(0, 0, size, size); pen.globalAlpha = 1;
    if (drawing.on) dots(pen, btoa(String.fromCharCode(...new Uint8Array(flat.buffer))), spot, 'real', small * 1.5);
  }
}
