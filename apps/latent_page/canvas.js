// A small easel: strokes stay here in the browser until somebody searches the drawing's noise.
const COLOURS = [['dark', '#2b2326'], ['skin', '#f2c9a5'], ['brown', '#7a4a2a'], ['blond', '#e0b25c'], ['red', '#c8443c'],
  ['green', '#4c9a6a'], ['blue', '#3f74b8'], ['white', '#ffffff']];
const GROUND = '#b8e0d2', SIDE = 256;
const easel = element.querySelector('.easel');
const HOW = 'Drawing: press and move to paint. By keyboard: arrows move the brush, Space paints a dot, Shift and arrows a line';
easel.innerHTML = `<div class="board"><canvas width="${SIDE}" height="${SIDE}" role="application" tabindex="0" aria-label="${HOW}"
  title="${HOW}"></canvas><i class="nib"></i></div>
  <div class="paints" role="group" aria-label="Colour">${COLOURS.map(([name, colour], i) =>
    `<button type="button" data-paint="${colour}" aria-label="${name}" title="${name}" aria-pressed="${i === 0}" style="--p:${colour}"></button>`).join('')}
  <label>Brush <input type="range" class="brush" min="4" max="60" value="16" aria-label="width of the brush"></label>
  <button type="button" data-clear>Clear</button></div>`;
const canvas = easel.querySelector('canvas'), pen = canvas.getContext('2d'), brush = easel.querySelector('.brush');
let colour = COLOURS[0][1], from = null, drawn = false;

function clear() {
  pen.fillStyle = GROUND;
  pen.fillRect(0, 0, SIDE, SIDE);
  drawn = false;
}

function at(event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width * SIDE, (event.clientY - box.top) / box.height * SIDE];
}

function stroke(to) {
  Object.assign(pen, {strokeStyle: colour, lineWidth: Number(brush.value), lineCap: 'round', lineJoin: 'round'});
  pen.beginPath();
  pen.moveTo(...(from || to));
  pen.lineTo(...to);
  pen.stroke();
  from = to;
  drawn = true;
}

canvas.addEventListener('pointerdown', event => { canvas.setPointerCapture(event.pointerId); from = null; stroke(at(event)); });
canvas.addEventListener('pointermove', event => { if (event.buttons) stroke(at(event)); });
canvas.addEventListener('pointerup', () => { from = null; trigger('drawn'); });
const WAYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
let hand = [SIDE / 2, SIDE / 2];
canvas.addEventListener('keydown', event => {
  const way = WAYS[event.key], dot = event.key === ' ' || event.key === 'Enter';
  if (!way && !dot) return;
  event.preventDefault();  // the page would scroll
  from = dot || !event.shiftKey ? null : hand;
  if (way) hand = hand.map((v, i) => Math.max(0, Math.min(SIDE, v + 8 * way[i])));
  if (dot || event.shiftKey) { stroke(hand); trigger('drawn'); }
  const nib = easel.querySelector('.nib').style;
  [nib.left, nib.top] = hand.map(v => `${100 * v / SIDE}%`);
});
easel.addEventListener('click', event => {
  const paint = event.target.closest('[data-paint]');
  if (event.target.closest('[data-clear]')) { clear(); trigger('drawn'); }
  if (!paint) return;
  colour = paint.dataset.paint;
  easel.querySelectorAll('[data-paint]').forEach(b => b.setAttribute('aria-pressed', b === paint));
});
clear();
window.ganLabDrawing = () => drawn ? canvas.toDataURL('image/png') : '';
