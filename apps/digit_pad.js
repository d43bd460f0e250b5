// A pad for one digit, white on black as in MNIST: mouse, finger, or arrow keys, which draw while Shift is held.
const SIDE = 280, PEN = 24;
const pad = element.querySelector('.digit-pad');
pad.innerHTML = `<canvas width="${SIDE}" height="${SIDE}" role="img" tabindex="0"
  aria-label="Pad: press and move to draw a digit; by keyboard, arrows move the pen and Shift with an arrow draws"></canvas>
  <button type="button" data-clear>Clear</button>`;
const canvas = pad.querySelector('canvas'), ink = canvas.getContext('2d');
let from = null, marked = false, key = [SIDE / 2, SIDE / 4];

function clear() {
  ink.fillStyle = '#000';
  ink.fillRect(0, 0, SIDE, SIDE);
  marked = false;
}

function stroke(to) {
  Object.assign(ink, {strokeStyle: '#fff', lineWidth: PEN, lineCap: 'round', lineJoin: 'round'});
  ink.beginPath();
  ink.moveTo(...(from || to));
  ink.lineTo(...to);
  ink.stroke();
  from = to;
  marked = true;
}

function at(event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width * SIDE, (event.clientY - box.top) / box.height * SIDE];
}

canvas.addEventListener('pointerdown', event => { canvas.setPointerCapture(event.pointerId); from = null; stroke(at(event)); });
canvas.addEventListener('pointermove', event => { if (event.buttons && from) stroke(at(event)); });
canvas.addEventListener('pointerup', () => { from = null; trigger('drawn'); });
const WAYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
canvas.addEventListener('keydown', event => {
  const way = WAYS[event.key];
  if (!way) return;
  event.preventDefault();
  const to = key.map((v, i) => Math.max(PEN, Math.min(SIDE - PEN, v + 14 * way[i])));
  if (event.shiftKey) { from = key; stroke(to); from = null; trigger('drawn'); }
  key = to;
});
pad.addEventListener('click', event => { if (event.target.closest('[data-clear]')) { clear(); trigger('drawn'); } });
clear();
window.ganLabPad = () => marked ? canvas.toDataURL('image/png') : '';
