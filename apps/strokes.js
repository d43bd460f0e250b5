// Strokes on a board, by mouse, finger or keys, for every page one draws on. The pixels stay in the browser.
// Arrows move the brush, Space paints a dot, Shift with an arrow a line.
const WAYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

class Strokes {
  // host: an empty element; label: what the board is called. brush() tells {colour, width} of what is drawn next. grain: side in
  // pixels of the cells that are painted whole, so that no colour but the brush's appears; 0 for smooth lines.
  // moved() is called while somebody draws, settled() when the hand is off again.
  constructor(host, {side, label, ground, brush, grain = 0, step = 8, hand = [side / 2, side / 2], moved = () => {}, settled = () => {}}) {
    Object.assign(this, {side, ground, brush, grain, step, hand, moved, settled, from: null, marked: false, past: []});
    host.classList.add('board');
    host.innerHTML = `<canvas width="${side}" height="${side}" role="application" tabindex="0"></canvas><i class="nib"></i>`;
    this.canvas = host.querySelector('canvas');
    for (const name of ['title', 'aria-label']) this.canvas.setAttribute(name,
      `${label}: press and move to draw. By keyboard: arrows move the brush, Space paints a dot, Shift and arrows a line`);
    this.nib = host.querySelector('.nib').style;
    this.ink = this.canvas.getContext('2d', {willReadFrequently: true});
    this.listen();
    this.show();
    this.clear();
  }

  listen() {
    const canvas = this.canvas;
    canvas.addEventListener('pointerdown', event => { canvas.setPointerCapture(event.pointerId); this.begin(); this.to(this.at(event)); });
    canvas.addEventListener('pointermove', event => {
      if (!event.buttons || !this.from) return;
      for (const one of event.getCoalescedEvents?.() ?? []) this.draw(this.at(one));
      this.to(this.at(event));
    });
    for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, () => { if (this.from) { this.from = null; this.settled(); } });
    canvas.addEventListener('keydown', event => this.key(event));
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * this.side, (event.clientY - box.top) / box.height * this.side];
  }

  key(event) {
    const way = WAYS[event.key], dot = event.key === ' ' || event.key === 'Enter';
    if (!way && !dot) return;
    event.preventDefault();  // the page would scroll
    const before = this.hand;
    if (way) this.hand = before.map((v, i) => Math.max(0, Math.min(this.side, v + this.step * way[i])));
    this.show();
    if (!dot && !event.shiftKey) return;
    this.begin();
    this.from = dot ? null : before;
    this.to(this.hand);
    this.from = null;
    this.settled();
  }

  show() { [this.nib.left, this.nib.top] = this.hand.map(v => `${100 * v / this.side}%`); }

  // What is there now can be had again by undo().
  begin() {
    this.from = null;
    this.past.push([this.ink.getImageData(0, 0, this.side, this.side), this.marked]);
    if (this.past.length > 20) this.past.shift();
  }

  to(place) { this.draw(place); this.moved(); }

  draw(place) {
    const {colour, width} = this.brush(), from = this.from || place;
    if (this.grain) this.cells(from, place, colour, width);
    else {
      Object.assign(this.ink, {strokeStyle: colour, lineWidth: width, lineCap: 'round', lineJoin: 'round'});
      this.ink.beginPath();
      this.ink.moveTo(...from);
      this.ink.lineTo(...place);
      this.ink.stroke();
    }
    this.from = place;
    this.marked = true;
  }

  // Every cell whose middle the brush passes over, and always the one under it.
  cells(from, to, colour, width) {
    const g = this.grain, steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / (g / 2))), last = this.side / g - 1;
    this.ink.fillStyle = colour;
    for (let k = 0; k <= steps; k++) {
      const [x, y] = from.map((v, i) => v + (to[i] - v) * k / steps), r = width / 2, cell = v => Math.max(0, Math.min(last, Math.floor(v / g)));
      this.ink.fillRect(cell(x) * g, cell(y) * g, g, g);
      for (let row = cell(y - r); row <= cell(y + r); row++) for (let col = cell(x - r); col <= cell(x + r); col++)
        if (Math.hypot((col + .5) * g - x, (row + .5) * g - y) <= r) this.ink.fillRect(col * g, row * g, g, g);
    }
  }

  undo() {
    if (!this.past.length) return;
    const [pixels, marked] = this.past.pop();
    this.ink.putImageData(pixels, 0, 0);
    this.marked = marked;
  }

  clear() {
    this.ink.fillStyle = this.ground;
    this.ink.fillRect(0, 0, this.side, this.side);
    this.marked = false;
  }

  // What was drawn as a PNG, or nothing.
  get picture() { return this.marked ? this.canvas.toDataURL('image/png') : ''; }
}
