// A plane of codes on two canvases: below what seldom changes (codes, contours, decoded pictures), above what a hand moves.
const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
const places = (text, units) => Float32Array.from(new Int16Array(bytes(text).buffer), v => v / units);

function paint(canvas, values, side = 28) {
  const image = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) image.data.set([values[i], values[i], values[i], 255], 4 * i);
  if (canvas.width !== side) { canvas.width = side; canvas.height = side; }
  canvas.getContext('2d').putImageData(image, 0, 0);
}

class Plane {
  constructor(base, over) { Object.assign(this, {base, over, window: 1}); }

  // Canvas units are those of the page; false where the plane is hidden at the moment.
  fit(canvas) {
    const side = canvas.clientWidth, dots = Math.min(2, devicePixelRatio || 1);
    if (!side) return null;
    if (canvas.width !== Math.round(side * dots)) { canvas.width = canvas.height = Math.round(side * dots); }
    const ink = canvas.getContext('2d');
    ink.setTransform(dots, 0, 0, dots, 0, 0);
    ink.clearRect(0, 0, side, side);
    this.side = side;
    return ink;
  }

  to(x, y) { return [(x / this.window + 1) * this.side / 2, (1 - y / this.window) * this.side / 2]; }

  at(event) {
    const box = this.over.getBoundingClientRect();
    const share = (v, from, size) => 2 * Math.max(0, Math.min(1, (v - from) / size)) - 1;
    return [share(event.clientX, box.left, box.width) * this.window, -share(event.clientY, box.top, box.height) * this.window];
  }

  colours() {
    const style = getComputedStyle(this.base);
    const read = name => style.getPropertyValue(name).trim();
    return {classes: Array.from({length: 10}, (_, d) => read(`--d${d}`)), ink: read('--body-text-color'), faint: read('--faint'),
      ground: read('--body-background-fill'), star: read('--star')};
  }

  // what: codes, labels, only (a class or null), contours, tiles (painted pictures, n a side), sheet (an image), field
  draw(what) {
    const ink = this.fit(this.base);
    if (!ink) return;
    const colour = {...this.colours(), ...(what.sheet && !what.codes ? {ink: '#fff', ground: '#000'} : {})};
    if (what.field) this.shade(ink, what.field, colour);
    if (what.sheet) { ink.imageSmoothingEnabled = true; ink.globalAlpha = what.codes ? .32 : 1; ink.drawImage(what.sheet, 0, 0, this.side, this.side); ink.globalAlpha = 1; }
    if (what.codes) this.marks(ink, what, colour);
    this.outline(ink, what, colour);
    this.axes(ink, colour);
  }

  // A few readings as a smooth ground.
  shade(ink, field, colour) {
    const n = Math.sqrt(field.length), small = Object.assign(document.createElement('canvas'), {width: n, height: n}), pen = small.getContext('2d');
    pen.fillStyle = colour.faint;
    field.forEach((v, i) => { pen.globalAlpha = .6 * v / 255; pen.fillRect(i % n, i / n | 0, 1, 1); });
    ink.imageSmoothingEnabled = true;
    ink.drawImage(small, 0, 0, this.side, this.side);
  }

  // Every code is its own digit, in its class's colour; a chosen class is drawn last and stronger.
  marks(ink, what, colour) {
    const {codes, labels, only} = what, size = Math.max(8, this.side / 52);
    ink.textAlign = 'center';
    ink.textBaseline = 'middle';
    ink.font = `700 ${size}px system-ui, sans-serif`;
    const every = what.sheet ? 4 : 1;
    for (let i = 0; i < labels.length; i += every) {
      if (only !== null && labels[i] === only) continue;
      ink.globalAlpha = only === null ? .75 : .1;
      this.mark(ink, codes, labels, i, colour);
    }
    ink.globalAlpha = 1;
    if (only !== null) for (let i = 0; i < labels.length; i++) if (labels[i] === only) this.mark(ink, codes, labels, i, colour);
  }

  mark(ink, codes, labels, i, colour) {
    const [x, y] = this.to(codes[2 * i], codes[2 * i + 1]);
    if (x < -5 || y < -5 || x > this.side + 5 || y > this.side + 5) return;
    ink.fillStyle = colour.classes[labels[i]];
    ink.fillText(labels[i], x, y);
  }

  outline(ink, what, colour) {
    const dashes = [[], [7, 4], [2, 3]];
    what.contours.forEach((lines, i) => {
      ink.setLineDash(dashes[i]);
      for (const [tint, width] of [[colour.ground, 3.5], [colour.ink, 1.4]]) {
        Object.assign(ink, {strokeStyle: tint, lineWidth: width, globalAlpha: tint === colour.ground ? .6 : .9});
        for (const line of lines) {
          ink.beginPath();
          line.forEach(([x, y], k) => ink[k ? 'lineTo' : 'moveTo'](...this.to(x, y)));
          ink.stroke();
        }
      }
    });
    ink.setLineDash([]);
    ink.globalAlpha = 1;
  }

  axes(ink, colour) {
    const step = this.window > 12 ? 5 : this.window > 5 ? 2 : 1;
    Object.assign(ink, {fillStyle: colour.ink, font: '11px system-ui, sans-serif', textAlign: 'center', textBaseline: 'bottom', lineWidth: 3,
      strokeStyle: colour.ground});
    const write = (text, x, y) => { ink.strokeText(text, x, y); ink.fillText(text, x, y); };
    for (let v = -Math.floor(this.window / step) * step; v <= this.window; v += step) {
      const text = String(v).replace('-', '−');
      const [x] = this.to(v, 0), [, y] = this.to(0, v);
      if (x > 24 && x < this.side - 34) write(text, x, this.side - 2);
      ink.textAlign = 'left';
      if (v && y > 18 && y < this.side - 14) write(text, 3, y + 6);
      ink.textAlign = 'center';
    }
    write('z₁', this.side - 12, this.side - 2);
    write('z₂', 9, 15);
  }
}
