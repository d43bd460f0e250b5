// A small easel: strokes stay here in the browser until somebody searches the drawing's noise.
const COLOURS = [['dark', '#2b2326'], ['skin', '#f2c9a5'], ['brown', '#7a4a2a'], ['blond', '#e0b25c'], ['red', '#c8443c'],
  ['green', '#4c9a6a'], ['blue', '#3f74b8'], ['white', '#ffffff']];
const easel = element.querySelector('.easel');
easel.innerHTML = `<div></div>
  <div class="paints" role="group" aria-label="Colour">${COLOURS.map(([name, colour], i) =>
    `<button type="button" data-paint="${colour}" aria-label="${name}" title="${name}" aria-pressed="${i === 0}" style="--p:${colour}"></button>`).join('')}
  <label>Brush <input type="range" class="brush" min="4" max="60" value="16" aria-label="width of the brush"></label>
  <button type="button" data-clear>Clear</button></div>`;
const brush = easel.querySelector('.brush');
let colour = COLOURS[0][1];
const strokes = new Strokes(easel.querySelector('div'), {side: 256, label: 'Drawing', ground: '#b8e0d2',
  brush: () => ({colour, width: Number(brush.value)}), settled: () => trigger('drawn')});
easel.addEventListener('click', event => {
  const paint = event.target.closest('[data-paint]');
  if (event.target.closest('[data-clear]')) { strokes.clear(); trigger('drawn'); }
  if (!paint) return;
  colour = paint.dataset.paint;
  easel.querySelectorAll('[data-paint]').forEach(b => b.setAttribute('aria-pressed', b === paint));
});
window.ganLabDrawing = () => strokes.picture;
