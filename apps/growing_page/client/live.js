// Live training: takes frames as they come, newest first, and draws them here in the browser.
const root = element.querySelector('.live');
let frame = null, last = -1;
const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
window.ganGrowingLive = {get frame() { return frame; }, frames: 0};

function read() {
  if (!props.value) return;
  const next = JSON.parse(props.value);
  if (next.number < last && last - next.number < 1000) return;  // a late one: something newer is shown already
  last = next.number;
  frame = next;
  window.ganGrowingLive.frames += 1;
  requestAnimationFrame(draw);
}

function build() {
  const row = (kind, title) => `<figure class="live-row ${kind}"><figcaption><b>${title}</b> <span></span></figcaption>
    <div class="eight" role="img">${'<canvas class="pixels fill" aria-hidden="true"></canvas>'.repeat(8)}</div></figure>`;
  root.innerHTML = `<p class="live-said"></p>${row('fake', 'G’s pictures')}${row('real', 'Real images, as D is shown them')}
    <figure class="drawing"><figcaption>Level, and α between two levels</figcaption>${axes('time', 150)}</figure>
    <figure class="drawing"><figcaption>Critic’s estimate of the distance: mean D(real) − mean D(fake) <span class="live-now"></span></figcaption>
      ${axes('curve', 110)}</figure>`;
}

const axes = (name, height) => `<div class="live-axes"><svg class="plot live-${name}" role="img" viewBox="0 0 600 ${height}"
  preserveAspectRatio="none"></svg><div class="live-up"></div><div class="live-along"><span>0</span><span>images seen</span><span></span></div></div>`;

// Letters stand outside the drawing, which is stretched: marks are [pixels from the top, words].
function label(box, marks, end) {
  const up = box.nextElementSibling, last = up.nextElementSibling.lastElementChild;
  const html = marks.map(([y, words]) => `<span style="top:${y.toFixed(1)}px">${words}</span>`).join('');
  if (up.dataset.html !== html) { up.innerHTML = html; up.dataset.html = html; }
  last.textContent = Math.round(end).toLocaleString('en');
}

function draw() {
  if (!frame || !root.isConnected) return;
  if (!root.querySelector('.live-row')) build();
  document.querySelector('.live-transport')?.classList.toggle('playing', frame.playing);
  const size = 4 << frame.level, stage = now();
  const doing = stage.fade ? `fading ${size}×${size} in, α = ${frame.alpha.toFixed(2)}` : `training at ${size}×${size}`;
  const said = root.querySelector('.live-said');
  said.textContent = frame.failed || `Step ${frame.step}, ${frame.seen.toLocaleString('en')} images seen: ${doing}.`;
  said.classList.toggle('failed', !!frame.failed);
  for (const kind of ['fake', 'real']) {
    const all = bytes(frame[kind + 's']), row = root.querySelector(`.live-row.${kind}`), n = size * size * frame.channels;
    row.querySelectorAll('canvas').forEach((canvas, k) => paint(canvas, size, all.subarray(k * n, (k + 1) * n)));
    row.querySelector('.eight').setAttribute('aria-label', `${kind === 'fake' ? 'Generated' : 'Real'} images of ${size}x${size} pixels`);
    row.querySelector('span').textContent = `${size}×${size}`;
  }
  const end = Math.max(frame.stages.at(-1).start * 1.25, frame.seen);  // of both plots: what happened together stands together
  timeline(end);
  curve(end);
  window.ganGrowing?.light(frame.level, frame.alpha);
}

function paint(canvas, side, values) {
  if (canvas.width !== side) { canvas.width = side; canvas.height = side; }
  const image = new ImageData(side, side), step = frame.channels;
  for (let i = 0; i < side * side; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = values[step * i + (step === 3 ? c : 0)];
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
}

const now = () => frame.stages.find(s => s.end === null || frame.seen < s.end) || frame.stages.at(-1);

// What is left of a level's ramp is the fade, the flat part its training; the last level goes on without end.
function timeline(end) {
  const stages = frame.stages, known = stages.at(-1).start, top = stages.at(-1).level;
  const x = seen => 600 * seen / end, y = height => 138 - 118 * height / top;
  const points = stages.map(s => [[s.start, s.fade ? s.level - 1 : s.level], [s.end ?? end, s.level]]).flat().map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`);
  const at = frame.seen, height = frame.level ? frame.level - 1 + frame.alpha : 0;
  const rules = Array.from({length: top + 1}, (_, i) => `<line class="rule" x1="0" x2="600" y1="${y(i)}" y2="${y(i)}"/>`).join('');
  const box = root.querySelector('.live-time');
  box.innerHTML = `${rules}<polyline class="s0 faded" points="${points.join(' ')}"/><line class="mark shell" x1="${x(at)}" x2="${x(at)}" y1="4" y2="146"/>
    <rect class="here" x="${x(at) - 5}" y="${y(height) - 5}" width="10" height="10"/>`;
  box.setAttribute('aria-label', `Level over images seen: ${frame.seen} of at least ${known}; now level ${frame.level}, alpha ${frame.alpha.toFixed(2)}`);
  label(box, Array.from({length: top + 1}, (_, i) => [y(i), `${4 << i}×${4 << i}`]), end);
}

function curve(end) {
  const points = frame.curve, box = root.querySelector('.live-curve'), text = root.querySelector('.live-now');
  if (points.length < 2) { box.innerHTML = ''; text.textContent = ''; box.setAttribute('aria-label', 'No curve yet'); label(box, [], end); return; }
  const values = points.map(p => p[1]), high = Math.max(...values, .1), low = Math.min(...values, 0);
  const y = v => 104 - 98 * (v - low) / (high - low);
  const marks = [high, 0, low].filter((v, i) => i === 1 || Math.abs(y(v) - y(0)) > 14);
  box.innerHTML = `${marks.map(v => `<line class="rule" x1="0" x2="600" y1="${y(v)}" y2="${y(v)}"/>`).join('')}
    <polyline class="s1" points="${points.map(([s, v]) => `${(600 * s / end).toFixed(1)},${y(v).toFixed(1)}`).join(' ')}"/>`;
  text.textContent = values.at(-1).toFixed(2);
  label(box, marks.map(v => [y(v), v ? v.toFixed(1).replace('-', '−') : '0']), end);
  box.setAttribute('aria-label', `Estimate over ${points.at(-1)[0]} images: now ${values.at(-1).toFixed(2)}, from ${low.toFixed(2)} to ${high.toFixed(2)}`);
}

watch('value', read);
read();
