// Both planes of the trained models: one point in either, the ends of a path, the codes of a drawing.
let pair = null, only = null, held = null, sides = {}, last = '';
const own = window.ganCoverage = {z: [0, 0], a: [-8, 0], b: [8, 0], show: 'codes', tab: 'path', drawn: {}, painted: 0};

function read() {
  if (!props.value || props.value.pair === undefined) return;
  const told = props.value;
  pair = told.pair;
  if (told.at) Object.assign(own, told.at);
  for (const name of ['tab', 'show']) if (told[name]) own[name] = told[name];
  own.drawn = {};
  requestAnimationFrame(build);
}

function build() {
  sides = {};
  Object.assign(document.querySelector('.gradio-container').dataset, {coverage: own.tab, kinds: (pair?.sides || []).map(one => one.kind).join(' ')});
  if (!pair) return;
  const labels = bytes(pair.labels);
  for (const one of pair.sides) {
    const figure = element.querySelector(`[data-kind=${one.kind}]`);
    if (!figure) return;
    const plane = new Plane(figure.querySelector('.base'), figure.querySelector('.over'));
    plane.window = pair.window;
    const sheet = new Image();
    sheet.onload = () => { if (own.show !== 'codes') draw(); };
    sheet.src = one.manifold;
    sides[one.kind] = {figure, plane, sheet, labels, codes: places(one.codes, pair.units)};
    listen(one.kind, plane);
    watcher.observe(plane.base);
  }
  for (const button of element.querySelectorAll('[data-class]')) button.onclick = () => {
    only = only === +button.dataset.class ? null : +button.dataset.class;
    draw();
  };
  draw();
  say();
}

function draw() {
  for (const {plane, sheet, labels, codes} of Object.values(sides)) plane.draw({
    contours: pair.contours, labels, only, codes: own.show === 'manifold' ? null : codes, sheet: own.show === 'codes' ? null : sheet});
  for (const button of element.querySelectorAll('[data-class]')) button.setAttribute('aria-pressed', +button.dataset.class === only);
  hover();
}

// What lies on top: the path, the stars of the drawing, and the point as a cross in both planes.
function hover() {
  for (const [kind, {plane}] of Object.entries(sides)) {
    const ink = plane.fit(plane.over);
    if (!ink) continue;
    const colour = plane.colours();
    if (own.tab === 'path') path(ink, plane, colour);
    if (own.tab === 'draw') (own.drawn[kind] || []).forEach((z, i) => star(ink, plane.to(...z), colour, !i));
    const [x, y] = plane.to(...own.z);
    for (const [tint, width] of [[colour.ground, 5], [colour.ink, 2]]) {
      Object.assign(ink, {strokeStyle: tint, lineWidth: width});
      ink.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) { ink.moveTo(x + 5 * dx, y + 5 * dy); ink.lineTo(x + 14 * dx, y + 14 * dy); }
      ink.stroke();
    }
    plane.over.setAttribute('aria-label', `Plane of the ${kind.toUpperCase()}'s codes, the point at ${own.z.map(v => v.toFixed(1)).join(', ')}. ` +
      'Arrow keys move the point; press A or B first to move an end of the path, Z for the point again.');
  }
}

function path(ink, plane, colour) {
  const ends = [['A', own.a], ['B', own.b]].map(([name, z]) => [name, plane.to(...z)]);
  for (const [tint, width] of [[colour.ground, 5], [colour.star, 2.5]]) {
    Object.assign(ink, {strokeStyle: tint, lineWidth: width});
    ink.beginPath();
    ink.moveTo(...ends[0][1]);
    ink.lineTo(...ends[1][1]);
    ink.stroke();
  }
  Object.assign(ink, {font: '700 13px system-ui, sans-serif', textAlign: 'center', textBaseline: 'middle'});
  for (const [name, [x, y]] of ends) {
    Object.assign(ink, {fillStyle: colour.star, strokeStyle: colour.ground, lineWidth: 2});
    ink.beginPath();
    ink.arc(x, y, 11, 0, 7);
    ink.fill();
    ink.stroke();
    ink.fillStyle = colour.ground;
    ink.fillText(name, x, y + .5);
  }
}

function star(ink, [x, y], colour, ringed) {
  Object.assign(ink, {fillStyle: colour.star, strokeStyle: colour.ground, lineWidth: 1.5});
  ink.beginPath();
  for (let k = 0; k < 10; k++) {
    const r = k % 2 ? 3 : 8, angle = k * Math.PI / 5 - Math.PI / 2;
    ink.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  ink.closePath();
  ink.stroke();
  ink.fill();
  if (!ringed) return;
  Object.assign(ink, {strokeStyle: colour.ink, lineWidth: 2});
  ink.beginPath();
  ink.arc(x, y, 12, 0, 7);
  ink.stroke();
}

// Hands: the nearest handle within a finger's width, else the point.
function listen(kind, plane) {
  const canvas = plane.over;
  canvas.onpointerdown = event => {
    canvas.setPointerCapture(event.pointerId);
    held = 'z';
    if (own.tab === 'path') {
      const box = canvas.getBoundingClientRect(), from = z => {
        const [x, y] = plane.to(...z);
        return Math.hypot(x - (event.clientX - box.left), y - (event.clientY - box.top));
      };
      const end = from(own.a) < from(own.b) ? 'a' : 'b';
      if (from(own[end]) < 16) held = end;
    }
    move(held, plane.at(event));
  };
  canvas.onpointermove = event => { if (held && event.buttons) move(held, plane.at(event)); };
  canvas.onpointerup = canvas.onpointercancel = () => { if (held) { held = null; trigger('settled'); } };
  let keyed = 'z';
  canvas.onkeydown = event => {
    const letter = event.key.toLowerCase();
    if (['a', 'b', 'z'].includes(letter) && !event.ctrlKey && !event.metaKey) { keyed = own.tab === 'path' ? letter : 'z'; return; }
    const way = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
    if (!way) return;
    event.preventDefault();
    const step = plane.window * (event.shiftKey ? .1 : .02);
    move(keyed, own[keyed].map((v, i) => Math.max(-plane.window, Math.min(plane.window, v + step * way[i]))));
    trigger('settled');
  };
}

function move(what, z) {
  own[what] = z.map(v => Math.round(v * 1000) / 1000);
  hover();
  if (what === 'z') ask(); else trigger('bent');
}

// One question at a time while dragging, and always one about the last place.
let asking = false, again = false;
async function ask() {
  again = true;
  if (asking) return;
  asking = true;
  while (again) {
    again = false;
    try { own.told(await server.place([pair.prior, ...own.z])); } catch { break; }  // the server is gone: the page says so itself
  }
  asking = false;
}

// The server's answer about the point: both pictures, and the nearest held-out digit of each.
own.told = answer => {
  if (answer.note) return;
  last = answer;
  say();
};
function say() {
  for (const [kind, {figure}] of Object.entries(sides)) {
    const one = last?.sides?.[kind];
    if (!one) continue;
    paint(figure.querySelector('.made'), bytes(one.pixels));
    paint(figure.querySelector('.near'), bytes(one.near));
    figure.querySelector('.near').setAttribute('aria-label', `the nearest held-out digit, a ${one.label}`);
    figure.querySelector('.said').textContent = `${one.hole ? 'No code in reach: the nearest' : 'Nearest code'} ${one.distance.toFixed(2)} away, a ${one.label}`;
    figure.classList.toggle('hole', one.hole);
  }
  own.painted += 1;
}
own.path = (a, b) => { Object.assign(own, {a, b}); hover(); };
own.look = show => { own.show = show; if (pair) draw(); return show; };
own.open = tab => {
  own.tab = tab;
  document.querySelector('.gradio-container').dataset.coverage = tab;
  requestAnimationFrame(() => requestAnimationFrame(() => { if (pair) draw(); }));
  return tab;
};
own.star = answer => { own.drawn = Object.fromEntries(Object.entries(answer?.sides || {}).map(([kind, side]) => [kind, side.codes])); hover(); };

const watcher = new ResizeObserver(() => { if (pair) draw(); });
new MutationObserver(() => { if (pair) draw(); }).observe(document.body, {attributes: true, attributeFilter: ['class']});
watch('value', read);
read();
