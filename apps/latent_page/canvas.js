// A small easel: strokes stay here in the browser until somebody searches the drawing's noise.
const COLOURS = [['dark', '#2b2326'], ['skin', '#f2c9a5'], ['brown', '#7a4a2a'], ['blond', '#e0b25c'], ['red', '#c8443c'],
  ['green', '#4c9a6a'], ['blue', '#3f74b8'], ['white', '#ffffff']];
const GROUND = '#b8e0d2', SIDE = 256;
const easel = element.querySelector('.easel');
easel.innerHTML = `<canvas width="${SIDE}" height="${SIDE}" role="img" tabindex="0" aria-label="Drawing: press and move to paint"></canvas>
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

function stroke(event) {
  const to = at(event);
  Object.assign(pen, {strokeStyle: colour, lineWidth: Number(brush.value), lineCap: 'round', lineJoin: 'round'});
  pen.beginPath();
  pen.moveTo(...(from || to));
  pen.lineTo(...to);
  pen.stroke();
  from = to;
  drawn = true;
}

canvas.addEventListener('pointerdown', event => { canvas.setPointerCapture(event.pointerId); from = null; stroke(event); });
canvas.addEventListener('pointermove', event => { if (event.buttons) stroke(event); });
canvas.addEventListener('pointerup', () => { from = null; });
easel.addEventListener('click', event => {
  const paint = event.target.closest('[data-paint]');
  if (event.target.closest('[data-clear]')) clear();
  if (!paint) return;
  colour = paint.dataset.paint;
  easel.querySelectorAll('[data-paint]').forEach(b => b.setAttribute('aria-pressed', b === paint));
});
clear();
window.ganLabDrawing = () => drawn ? canvas.toDataURL('image/png') : '';
