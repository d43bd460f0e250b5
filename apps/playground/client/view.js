// The picture: takes frames as they come, newest first, and draws them here in the browser.
const root = element.querySelector('.pg');
const drawing = {on: false, points: []};
window.ganPlayground = {
  to: 0, drawn: 0,
  code: () => drawing.points.flatMap(p => p.map(v => Math.max(0, Math.min(255, Math.round((v + 2.1) / 4.2 * 255)))))
    .map(v => v.toString(16).padStart(2, '0')).join(''),
  frames: 0,
};
root.innerHTML = `
  <div class="pg-planes">
    ${[0, 1].map(i => `<figure class="pg-plane" data-plane="${i}"><figcaption></figcaption>
      <div class="pg-canvas"><canvas role="img" tabindex="-1" aria-label="The plane of data and fakes"></canvas></div></figure>`).join('')}
  </div>
  <p class="pg-caption" aria-live="polite"></p>
  <div class="pg-time"><input type="range" id="scrub" min="0" max="0" value="0" aria-label="Moment: rewind to any earlier one">
    <output></output></div>
  <div class="pg-legend"></div>
  <div class="pg-draw"><button type="button" data-draw="start">✎ Draw data</button>
    <button type="button" data-draw="use" hidden>Use drawing</button><button type="button" data-draw="clear" hidden>Clear</button>
    <button type="button" data-draw="cancel" hidden>Cancel</button><span></span></div>
  <div class="pg-charts">${['Losses', 'Modes found and high-quality share', 'JS and KL to the data', 'Gap to the optimal D', 'Gradient norms']
    .map((title, i) => `<figure data-chart="${i}"><figcaption><b>${title}</b> <span></span></figcaption><canvas role="img" aria-label="${title}"></canvas></figure>`).join('')}
    <div class="pg-ledger" role="img"></div></div>`;
const find = selector => root.querySelector(selector);
const planes = [...root.querySelectorAll('.pg-plane')], scrub = find('#scrub');
let frame = null, last = -1, waiting = false, held = false, told = 0, charted = 0;

function read() {
  if (!props.value) return;
  const next = JSON.parse(props.value);
  if (next.number < last && last - next.number < 1000) return;  // a late one: something newer is shown already
  last = next.number;
  frame = next;
  window.ganPlayground.frames += 1;
  window.ganPlayground.frame = next;
  if (!waiting) { waiting = true; requestAnimationFrame(draw); }
}

function draw() {
  waiting = false;
  if (!frame || !root.isConnected || !root.clientWidth) return;
  readInk();
  const two = frame.runs.length > 1, run = frame.runs[0];
  root.classList.toggle('two', two);
  document.querySelector('#play')?.parentElement.classList.toggle('pg-playing', frame.playing);
  frame.runs.forEach((one, i) => {
    drawPlane(planes[i].querySelector('canvas'), one, frame);
    planes[i].querySelector('figcaption').innerHTML =
      `${two ? `<b>${'AB'[i]}</b> ` : ''}${one.loss}${i && run.moment < frame.from ? ` (from moment ${frame.from})` : ''}`;
  });
  const failed = frame.runs.map((one, i) => one.failed && (two ? `${'AB'[i]}: ` : '') + one.failed).filter(Boolean).join(' ');
  const caption = find('.pg-caption');
  if (caption.textContent !== (failed || frame.caption)) caption.textContent = failed || frame.caption;
  caption.classList.toggle('failed', !!failed);
  if (!held) { scrub.max = run.recorded; scrub.value = run.moment; }
  find('.pg-time output').textContent = `step ${run.step} · moment ${run.moment} of ${run.recorded}`;
  legend(run);
  const time = performance.now();
  if (!frame.playing || time - charted > 250) { charted = time; charts(); }
  // Tells the server now and then how far the drawing is, so that frames never pile up here.
  if (frame.playing && frame.number - window.ganPlayground.drawn >= 3) { window.ganPlayground.drawn = frame.number; trigger('drawn'); }
  if (performance.now() - told > 1000) { told = performance.now(); describe(run); }
}

function legend(run) {
  const on = new Set(frame.layers), parts = [];
  if (on.has('real')) parts.push('<span class="real"><i>●</i> real</span>');
  if (on.has('fake')) parts.push(`<span class="fake"><i>▲</i> fake${run.outside ? ` (${run.outside} of 500 outside)` : ''}</span>`);
  if (run.surface) {
    const kind = run.surface.kind, ends = kind === 'score' ? [short(run.surface.low), short(run.surface.high)] : kind === 'margin' ? ['−1', '+1'] : ['0', '1'];
    parts.push(`<span>${kind === 'belief' ? 'D: fake' : 'critic’s score: fake'} ${ends[0]} <i class="ramp"></i> ${ends[1]} real</span>`);
  }
  if (run.arrows) parts.push(`<span class="arrow"><i>➔</i> pull of G’s loss, median ${short(run.arrows.median)} <small>(length by powers of ten, none below 10⁻⁵)</small></span>`);
  if (run.optimum) parts.push(`<span class="star"><i>┅</i> D* at ⅛, ½, ⅞ <small>(${run.optimum.note})</small></span>`);
  if (run.manifold) parts.push('<span class="fake"><i>▦</i> noise warped by G, darker is denser</span>');
  const text = parts.join('');
  const box = find('.pg-legend');
  if (box.dataset.text !== text) { box.innerHTML = text; box.dataset.text = text; }
}

function charts() {
  const runs = frame.runs, run = runs[0], book = run.ledger, from = frame.from || 0;
  const second = runs.length > 1 && run.moment >= from ? runs : [run];
  const base = {end: Math.max(run.recorded, 10), now: run.moment};
  const marks = [];
  const level = value => Math.abs(value - 2 * Math.LN2) < 1e-9 ? '2 log 2' : Math.abs(Math.abs(value) - Math.LN2) < 1e-9 ? (value < 0 ? '−log 2' : 'log 2') : short(value);
  const [d, g] = run.marks;
  if (d !== null) marks.push({value: d, name: d === g ? `both: ${level(d)}` : `D: ${level(d)}`, ink: INK.real});
  if (g !== null && g !== d) marks.push({value: g, name: `G: ${level(g)}`, ink: INK.fake});
  const series = names => seriesOf(second, from, names);
  const text = (i, html) => { find(`[data-chart="${i}"] span`).innerHTML = html; };
  const d_g = (d, g) => `<em class="real">━ D ${short(d)}</em> <em class="fake">┅ G ${short(g)}</em>`;
  drawChart(find('[data-chart="0"] canvas'), {...base, marks, series: series([['d_loss', 'real'], ['g_loss', 'fake', [6, 3]]])});
  text(0, d_g(book.d_loss, book.g_loss));
  const modes = find('[data-chart="1"]'), has = book.all !== null;
  modes.hidden = !has; find('.pg-ledger').hidden = !has;
  if (has) {
    const both = series([['modes', 'real'], ['quality', 'fake', [6, 3]]]);
    both.forEach((one, i) => { if (i % 2 === 0) one.values = one.values.map(v => v / book.all); });
    drawChart(modes.querySelector('canvas'), {...base, series: both, range: [-.04, 1.08], ticks: ['0', '100 %']});
    text(1, `<em class="real">━ ${book.modes ?? '–'} of ${book.all} modes</em> <em class="fake">┅ ${book.quality === undefined ? '–' : (100 * book.quality).toFixed(1)} % good</em> <small>(real 98.9 %)</small>`);
    tally(book);
  }
  const top = {value: Math.LN2, name: 'log 2: nothing in common'};
  drawChart(find('[data-chart="2"] canvas'), {...base, range: [-.05, .78], ticks: ['0', '0.78'], marks: [top, {value: 0, name: ''}], series: series([['js', 'fake', [6, 3]]])});
  const floor = value => value === undefined ? '' : ` ± ${short(value)}`;
  text(2, `<em class="fake">┅ JS ${short(book.js)}${floor(book.js_floor)}</em>${book.kl === undefined ? '' : ` <em>KL ${short(book.kl)}${floor(book.kl_floor)}</em>`} nats <small>(±: how far real data reads from 0)</small>`);
  drawChart(find('[data-chart="3"] canvas'), {...base, range: [-.03, .8], ticks: ['0', '0.8'], series: series([['gap', 'star']])});
  text(3, book.gap === undefined ? '<small>this loss has no D* = p/(p + q)</small>' : `<em class="star">mean |D − D*| ${short(book.gap)}</em>`);
  drawChart(find('[data-chart="4"] canvas'), {...base, log: true, series: series([['d_grad', 'real'], ['g_grad', 'fake', [6, 3]]])});
  text(4, d_g(book.d_grad, book.g_grad));
}

// Of how the good samples share out over the modes; the line is what each should have.
function tally(book) {
  const counts = book.counts || [], total = counts.reduce((a, b) => a + b, 0) || 1, box = find('.pg-ledger');
  const bars = counts.map((n, k) => `<i style="height:${Math.min(100, 50 * n / total * counts.length).toFixed(1)}%" class="${n ? '' : 'none'}" title="mode ${k + 1}: ${n} of 2500"></i>`);
  const html = `<div class="bars">${bars.join('')}<u></u></div><small>good samples per mode; the line is the fair share</small>`;
  if (box.dataset.text !== html) { box.innerHTML = html; box.dataset.text = html; }
  box.setAttribute('aria-label', `Good samples per mode of 2500: ${counts.join(', ')}`);
}

function describe(run) {
  const book = run.ledger, modes = book.all === null || book.modes === undefined ? '' : `, ${book.modes} of ${book.all} modes found`;
  planes[0].querySelector('canvas').setAttribute('aria-label',
    `The plane at step ${run.step}: real points, fakes, and what D says. Losses: D ${short(book.d_loss)}, G ${short(book.g_loss)}${modes}.`);
}

// The scrubber: only the newest wish travels.
scrub.addEventListener('input', () => { held = true; window.ganPlayground.to = Number(scrub.value); trigger('rewind'); });
for (const name of ['change', 'pointerup', 'blur']) scrub.addEventListener(name, () => { setTimeout(() => { held = false; }, 150); });

// Drawing one's own data.
function pencil() {
  root.classList.toggle('drawing', drawing.on);
  for (const [name, shown] of [['start', !drawing.on], ['use', drawing.on], ['clear', drawing.on], ['cancel', drawing.on]])
    find(`[data-draw="${name}"]`).hidden = !shown;
  find('.pg-draw span').textContent = drawing.on ? `${drawing.points.length} of at most 600 points: click or drag on the picture` : '';
  draw();
}
find('.pg-draw').addEventListener('click', event => {
  const what = event.target.dataset.draw;
  if (what === 'start') drawing.on = true;
  if (what === 'clear') drawing.points = [];
  if (what === 'cancel') drawing.on = false;
  if (what === 'use') { drawing.on = false; trigger('draw'); }
  if (what) pencil();
});
let trail = null;
function add(event) {
  const box = planes[0].querySelector('canvas').getBoundingClientRect();
  const point = [((event.clientX - box.left) / box.width * 2 - 1) * 2.1, (1 - (event.clientY - box.top) / box.height * 2) * 2.1];
  if (trail && Math.hypot(point[0] - trail[0], point[1] - trail[1]) < .05) return;
  if (drawing.points.length < 600 && point.every(v => Math.abs(v) <= 2.1)) { drawing.points.push(point); trail = point; pencil(); }
}
const paper = planes[0].querySelector('canvas');
paper.addEventListener('pointerdown', event => { if (drawing.on) { paper.setPointerCapture(event.pointerId); trail = null; add(event); } });
paper.addEventListener('pointermove', event => { if (drawing.on && event.buttons) add(event); });

watch('value', read);
read();
new ResizeObserver(() => draw()).observe(root);
new MutationObserver(() => draw()).observe(document.body, {attributes: true, attributeFilter: ['class']});
