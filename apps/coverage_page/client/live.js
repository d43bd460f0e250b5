// Live training of both: takes frames as they come, newest first, and draws them here in the browser.
const root = element.querySelector('.live');
let frame = null, last = -1, planes = {}, held = false, wanted = 0, waiting = false;
const own = window.ganCoverageLive = {get frame() { return frame; }, get to() { return wanted; }, frames: 0, drawn: 0};
const NAMES = {aae: 'AAE', vae: 'VAE'};

function read() {
  if (!props.value) return;
  const next = JSON.parse(props.value);
  if (next.number < last && last - next.number < 1000) return;  // a late one: something newer is shown already
  last = next.number;
  frame = next;
  own.frames += 1;
  if (waiting) return;  // however many come before the browser has time: only the newest is drawn
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(); own.drawn = last; if (frame.playing) trigger('drawn'); });
}

function build() {
  const card = kind => `<figure class="coverage-card ${kind}" data-kind="${kind}"><figcaption><b>${NAMES[kind]}</b> <span class="now"></span></figcaption>
    <div class="coverage-plane"><canvas class="base" role="img"></canvas></div>
    <canvas class="pixels fill tiles" role="img" aria-label="the plane decoded by the ${NAMES[kind]}, 8 by 8 places"></canvas></figure>`;
  const plot = (name, title) => `<figure class="drawing"><figcaption>${title}</figcaption><svg class="plot live-plot ${name}" role="img"
    viewBox="0 0 600 120" preserveAspectRatio="none"></svg></figure>`;
  root.innerHTML = `<p class="live-said" role="status"></p>
    <label class="scrub">Moment <input type="range" min="0" max="0" value="0" aria-label="moment on record: rewind"> <output>0</output></label>
    <div class="coverage-planes">${card('aae')}${card('vae')}</div>
    <p class="hint">Grey ground in the AAE’s plane: where its discriminator believes in the prior. Codes: samples of q(z|x) of 1,000 digits
      that neither is trained on. Below each plane, the same square decoded.</p>
    <div class="duo">${plot('holes', 'Hole rate <span data-now="holes"></span>')}${plot('error', 'Reconstruction error, held out <span data-now="error"></span>')}
    ${plot('game', 'The AAE’s game: loss of the discriminator, of the encoder <span data-now="game"></span>')}</div>
    <ul class="legend"><li><svg class="plot key" width="34" height="10" aria-hidden="true"><polyline class="s1" points="1,5 33,5"/></svg>AAE; its encoder in the game</li>
    <li><svg class="plot key" width="34" height="10" aria-hidden="true"><polyline class="s0" points="1,5 33,5"/></svg>VAE</li>
    <li><svg class="plot key" width="34" height="10" aria-hidden="true"><polyline class="s3" points="1,5 33,5"/></svg>discriminator</li></ul>`;
  for (const kind of ['aae', 'vae']) {
    const base = root.querySelector(`[data-kind=${kind}] .base`);
    planes[kind] = new Plane(base, base);
    new ResizeObserver(draw).observe(base);
  }
  const range = root.querySelector('.scrub input');
  range.oninput = () => { held = true; wanted = +range.value; root.querySelector('.scrub output').value = wanted; trigger('rewind'); };
  range.onchange = () => { held = false; };
}

function draw() {
  if (!frame || !root.isConnected) return;
  if (!root.querySelector('.scrub')) build();
  document.querySelector('.coverage-transport')?.classList.toggle('playing', frame.playing);
  for (const turn of ['reconstruct', 'discriminate', 'regularise'])
    document.querySelector(`#${turn}`)?.classList.toggle('next', frame.next === turn);
  const said = root.querySelector('.live-said');
  said.textContent = frame.failed || `Step ${frame.step}, ${frame.seen.toLocaleString('en')} digits seen. Next turn: ${frame.next}.`;
  said.classList.toggle('failed', !!frame.failed);
  const range = root.querySelector('.scrub input');
  range.max = frame.recorded;
  if (!held) { range.value = frame.moment; root.querySelector('.scrub output').value = `${frame.moment} of ${frame.recorded}`; }
  const labels = bytes(frame.labels);
  for (const kind of ['aae', 'vae']) {
    const one = frame.sides[kind], figure = root.querySelector(`[data-kind=${kind}]`), plane = planes[kind];
    figure.classList.toggle('missing', !one);
    if (!one) { figure.querySelector('.now').textContent = 'none: its ELBO needs log p(z), and this prior is given by samples only'; continue; }
    plane.window = frame.window;
    plane.draw({codes: places(one.codes, frame.units), labels, only: null, contours: frame.contours, field: kind === 'aae' ? bytes(frame.field) : null});
    plane.base.setAttribute('aria-label', `Codes of the ${NAMES[kind]} at step ${frame.step}, with the prior's contours`);
    figure.querySelector('.now').textContent = kind === 'aae' ? (frame.settings[1] === 'gaussian' ? 'q(z|x) Gaussian' : 'one code for each picture')
      : `q(z|x) Gaussian, β = ${frame.settings[2]}`;
    tile(figure.querySelector('.tiles'), bytes(one.tiles));
  }
  const of = (kind, what) => frame.measured.filter(([, found]) => found[kind]).map(([m, found]) => [m, found[kind][what]]);
  for (const what of ['holes', 'error']) curves(what, [['s1', of('aae', what), 'AAE'], ['s0', of('vae', what), 'VAE']], what === 'holes' ? .05 : null);
  const game = i => frame.game.filter(([, v]) => v[i] !== null).map(([m, v]) => [m, v[i]]);
  curves('game', [['s3', game(0), 'D'], ['s1', game(1), 'encoder']], 2 * Math.log(2));
}

function tile(canvas, values) {
  const n = 8, side = 28;
  if (canvas.width !== n * side) canvas.width = canvas.height = n * side;
  const ink = canvas.getContext('2d'), image = new ImageData(side, side);
  for (let k = 0; k < n * n; k++) {
    for (let i = 0; i < side * side; i++) { const v = values[k * side * side + i]; image.data.set([v, v, v, 255], 4 * i); }
    ink.putImageData(image, k % n * side, (k / n | 0) * side);
  }
}

function curves(name, lines, mark) {
  const box = root.querySelector(`.live-plot.${name}`), all = lines.flatMap(([, points]) => points.map(p => p[1]));
  const high = Math.max(...all, mark || 0, 1e-6) * 1.08, end = Math.max(1, frame.moment), y = v => 116 - 110 * v / high;
  box.innerHTML = (mark === null ? '' : `<line class="mark" x1="0" x2="600" y1="${y(mark)}" y2="${y(mark)}"/>`) +
    `<line class="axis" x1="0" x2="600" y1="116" y2="116"/>` + lines.map(([kind, points]) =>
    `<polyline class="${kind}" points="${points.map(([m, v]) => `${(600 * m / end).toFixed(1)},${y(v).toFixed(1)}`).join(' ')}"/>`).join('');
  const words = lines.filter(([, points]) => points.length).map(([, points, who]) => `${who} ${points.at(-1)[1].toFixed(name === 'error' ? 4 : 2)}`).join(', ');
  const floor = mark === null ? '' : name === 'holes' ? '; dotted: the prior’s own' : '; dotted: D undecided, 2 log 2';
  root.querySelector(`[data-now=${name}]`).textContent = words ? `${words}${floor}` : '';
  box.setAttribute('aria-label', `${name} over ${frame.moment} moments: ${words || 'nothing yet'}`);
}

watch('value', read);
read();
