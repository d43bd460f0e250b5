// The page's state in the browser: level and alpha light up the networks and paint the faces, without the server.
const still = matchMedia('(prefers-reduced-motion: reduce)');
const FADE = 2200, HOLD = 900;  // milliseconds of growing
let album = null, running = false, held = 0, before = 0, told = 0, judged = '';
const own = window.ganGrowing = {level: 2, alpha: 1, face: 0, tab: 'fade', live: null, painted: 0};

function decode(text) {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  return new Int16Array(bytes.buffer);
}

function read() {
  if (!props.value) return;
  const told = props.value.album;
  if (told === undefined) return;
  stop();
  album = told && {...told, levels: told.levels.map(one => Object.fromEntries(
    Object.entries(one).map(([name, v]) => [name, ['old', 'new', 'grown'].includes(name) && v ? decode(v) : v])))};
  for (const name of ['level', 'alpha', 'face', 'tab']) own[name] = props.value[name];
  judged = [own.level, own.alpha].join();
  requestAnimationFrame(draw);
}

own.top = () => album ? album.levels.length - 1 : 4;
own.now = (level, alpha) => own.moved ? [own.level, own.alpha] : [level, alpha];
own.show = (level, alpha, byHand) => {
  if (running && !byHand) return;  // the animation is ahead of the sliders
  stop();
  if (typeof level !== 'number' || typeof alpha !== 'number') return;
  own.moved = true;
  own.level = Math.max(0, Math.min(own.top(), Math.round(level)));
  own.alpha = Math.max(0, Math.min(1, alpha));
  draw();
};
own.open = name => { own.tab = name; requestAnimationFrame(() => requestAnimationFrame(draw)); return name; };
own.choose = face => { own.face = face; draw(); };
own.light = (level, alpha) => { own.live = [level, alpha]; if (own.tab === 'live') light(level, alpha); };

// Growing: time goes on from the present level and alpha; the sliders follow a few times a second.
own.grow = () => {
  if (running) { stop(); commit(); return; }
  if (own.level >= own.top() && own.alpha >= 1) Object.assign(own, {level: 0, alpha: 1});
  else if (still.matches) own.alpha < 1 ? own.alpha = 1 : Object.assign(own, {level: own.level + 1, alpha: .5});
  own.moved = true;
  if (still.matches) { draw(); commit(); bar(); return; }
  running = true; before = 0; held = 0;
  bar();
  requestAnimationFrame(tick);
};

function tick(time) {
  if (!running) return;
  const passed = before ? Math.min(100, time - before) : 0;
  before = time;
  if (own.alpha < 1) {
    own.alpha = Math.min(1, own.alpha + passed / FADE);
    held = 0;
  } else if (own.level >= own.top()) stop();
  else if ((held += passed) > HOLD) Object.assign(own, {level: own.level + 1, alpha: 0});
  draw();
  if (!running || time - told > 200) { told = time; commit(); }
  if (running) requestAnimationFrame(tick);
}

function stop() { if (running) { running = false; bar(); } }
function commit() { own.alpha = Math.round(own.alpha * 100) / 100; trigger('grown'); bar(); }

function bar() {
  const button = document.querySelector('#grow');
  if (!button) return;
  const size = 4 << own.level, ended = own.level >= own.top() && own.alpha >= 1;
  button.textContent = running ? '❚❚ Pause' : still.matches ? (ended ? '↺ From 4×4' : '▶ Next step') :
    ended ? `▶ Grow from 4×4` : '▶ Go on growing';
  const said = document.querySelector('.grow-said');
  // While it grows only the size is told: a screen reader says every change.
  const words = running ? `${size}×${size}` : own.level ? `${size}×${size}, α = ${own.alpha.toFixed(2)}` : '4×4: nothing to fade';
  if (said && said.textContent !== words) said.textContent = words;
}

function light(level, alpha) {
  const drawing = element.querySelector(own.tab === 'live' ? '.for-live svg' : 'svg');
  if (!drawing) return;
  const fresh = level ? alpha : 1, size = 4 << level;
  for (const part of drawing.querySelectorAll('[data-part]')) {
    const at = Number(part.dataset.at), what = part.dataset.part;
    const w = what === 'block' ? (at < level ? 1 : at === level ? fresh : 0) : what === 'over' ? (at === level ? 1 - fresh : 0) :
      what === 'node' ? Number(at === level) : at === level ? fresh : at === level - 1 ? 1 - fresh : 0;
    part.style.setProperty('--w', w.toFixed(2));
    part.classList.toggle('on', w > 0);
    if (what !== 'rgb') continue;
    part.classList.toggle('old', at === level - 1);
    const name = w > 0 && level ? (at === level ? `α ${w.toFixed(2)}` : `1−α ${w.toFixed(2)}`) : '';
    for (const text of part.querySelectorAll('.share')) if (text.textContent !== name) text.textContent = name;
  }
  drawing.setAttribute('aria-label', level ? `Generator and critic at ${size}x${size} pixels: the blocks up to ${size / 2}x${size / 2} ` +
    `take part in full, the block of ${size}x${size} with alpha = ${fresh.toFixed(2)}, the old way past it with ${(1 - fresh).toFixed(2)}.`
    : 'Generator and critic at 4x4 pixels: only the lowest block of each takes part.');
}

const scratch = new Map();
function paint(canvas, side, numbers, k, other, share) {
  // One picture; with ``other``, the old path's at half the size, the blend of both: share of the first.
  const channels = album.channels, n = side * side, from = k * n * channels;
  if (canvas.width !== side) { canvas.width = side; canvas.height = side; }
  if (!scratch.has(side)) scratch.set(side, new ImageData(side, side));
  const image = scratch.get(side), half = side / 2, start = other && k * half * half * channels;
  for (let i = 0; i < n; i++) {
    const low = other && start + ((i / side >> 1) * half + (i % side >> 1)) * channels;
    for (let c = 0; c < 3; c++) {
      const at = channels === 3 ? c : 0;
      let v = numbers[from + i * channels + at];
      if (other) v = share * v + (1 - share) * other[low + at];
      image.data[4 * i + c] = (v / album.scale + 1) * 127.5 + .5;  // the array cuts off what is out of range
    }
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
}

function sheet(kind, side, numbers, words, other, share) {
  const cells = [...document.querySelectorAll(`#faces [data-sheet="${kind}"] canvas`)];
  const strip = document.querySelector(`#faces [data-strip="${kind}"]`), card = strip?.closest('figure');
  if (!card) return;
  card.classList.toggle('absent', !numbers);
  document.querySelector(`#faces [data-say="${kind}"]`).textContent = words;
  if (!numbers) return;
  cells.forEach((canvas, k) => paint(canvas, side, numbers, k, other, share));
  const gap = 3, room = strip.parentElement.clientWidth;
  const columns = Math.max(1, Math.min(8, Math.floor((room + gap) / (side + gap)))), rows = Math.ceil(cells.length / columns);
  const width = columns * (side + gap) - gap, height = rows * (side + gap) - gap;
  if (strip.width !== width || strip.height !== height) Object.assign(strip, {width, height});
  const ink = strip.getContext('2d');
  ink.clearRect(0, 0, width, height);
  cells.forEach((canvas, k) => ink.drawImage(canvas, k % columns * (side + gap), (k / columns | 0) * (side + gap)));
  strip.setAttribute('aria-label', `${words}: 8 pictures of ${side}x${side} pixels, at their true size`);
  if (kind !== 'blend') cells[0].parentElement.setAttribute('aria-label', `${words}: 8 pictures of ${side}x${side} pixels`);
}

function draw() {
  const live = own.tab === 'live';
  document.querySelector('.gradio-container').classList.toggle('growing-live', live);
  for (const [name, hide] of [['.for-live', !live], ['.for-model', live]]) {
    const drawing = element.querySelector(name);
    if (drawing) drawing.hidden = hide;
  }
  if (own.tab === 'live') light(...(own.live || [0, 1])); else light(own.level, own.alpha);
  bar();
  document.querySelector('#faces')?.classList.toggle('none', !album);
  if (!album) return;
  const one = album.levels[own.level], size = one.size, a = own.alpha, share = one.old ? a : 1;
  const after = a >= 1 || !one.old;
  sheet('old', size / 2, one.old, one.old ? `${size / 2}×${size / 2}, × ${(1 - share).toFixed(2)}` : 'there is no level below 4×4');
  sheet('new', size, after ? one.grown : one.new, `${size}×${size}, × ${share.toFixed(2)}`);
  sheet('blend', size, after ? one.grown : one.new,
    after ? `${size}×${size}, after its own training` : `${size}×${size}, α = ${a.toFixed(2)}`, after ? null : one.old, a);
  document.querySelectorAll('#faces [data-face]').forEach((button, k) => {
    button.setAttribute('aria-pressed', k === own.face);
    button.setAttribute('aria-label', `latent ${k + 1}: its picture at ${size}x${size} pixels`);
  });
  own.painted += 1;
  const state = [own.level, own.alpha].join();
  if (own.tab === 'critic' && own.moved && state !== judged) { judged = state; trigger('judge'); }
}
own.draw = draw;

watch('value', read);
read();
still.addEventListener('change', bar);
