// The board that pix2pix translates while somebody draws: what is on it, what becomes of it, and what D says of that.
const desk = element.querySelector('.desk');
let told = null, strokes = null, touched = false, paint = 0, last = null;
const own = window.ganTranslate = {painted: 0, seed: 0, asked: () => told ? [told.model, drawing(), told.number] : ['', '', null]};

function drawing() { return touched || told.number === null ? strokes.canvas.toDataURL('image/png') : ''; }

function read() {
  const next = props.value;
  if (!next) return;
  if (next.side === undefined) { told = null; desk.innerHTML = next.html || ''; return; }
  told = next;
  touched = !!told.touched;
  build();
  const picture = new Image();
  picture.onload = () => {
    strokes.ink.imageSmoothingEnabled = false;
    strokes.ink.drawImage(picture, 0, 0, told.side, told.side);
    ask().then(() => trigger('settled'));
  };
  picture.src = told.picture;
}

function build() {
  const [given, made] = told.names, lines = told.kind === 'lines';
  paint = Math.min(paint, told.paints.length - 1);
  desk.innerHTML = `<div class="worked"><figure class="card s5 given"><figcaption><b>x</b> <span>${given}: draw here</span></figcaption><div class="here"></div>
      <p class="under" aria-live="polite"></p>
      <div class="palette ${told.kind}" role="group" aria-label="What to draw with">${told.paints.map(({name, colour}, i) =>
        `<button type="button" data-paint="${i}"><i style="--p:${colour}"></i>${name}</button>`).join('')}</div>
      <div class="tools"><label>Width <input type="range" min="2" max="64" aria-label="width of the brush"></label>
        <button type="button" data-undo>Undo</button><button type="button" data-clear>Clear</button></div></figure>
    <figure class="card s1"><figcaption><b>G(x, z)</b> <span>${made}, made</span></figcaption><img class="pixels fill made" alt="what the board becomes"></figure>
    <div class="judge"></div>
    <figure class="card s0 truth" hidden><figcaption><b>y</b> <span>${made}, the truth</span></figcaption><img class="pixels fill" alt="the true ${made} of this input"></figure></div>
    <p class="verdict said" role="status"></p>`;
  strokes = new Strokes(desk.querySelector('.here'), {side: told.side, grain: told.grain, ground: told.ground, label: `Board for the ${given}`,
    step: lines ? 4 : told.grain, brush: () => told.paints[paint], moved: () => { touched = true; under(strokes.from); ask(); }, settled: () => trigger('settled')});
  strokes.canvas.addEventListener('pointermove', event => under(strokes.at(event)));
  desk.querySelector('.tools input').oninput = event => { told.paints[paint].width = Number(event.target.value); };
  choose(paint);
}

function choose(which) {
  paint = which;
  desk.querySelectorAll('[data-paint]').forEach((button, i) => button.setAttribute('aria-pressed', i === which));
  desk.querySelector('.tools input').value = told.paints[which].width;
}

// The label under the brush in words: colours alone do not tell everybody.
function under(place) {
  if (told.kind !== 'labels' || !place) return;
  const [x, y] = place.map(v => Math.max(0, Math.min(told.side - 1, Math.floor(v)))), [r, g, b] = strokes.ink.getImageData(x, y, 1, 1).data;
  const hex = '#' + [r, g, b].map(v => v.toString(16).padStart(2, '0')).join('');
  desk.querySelector('.under').textContent = `Under the brush: ${told.paints.find(one => one.colour === hex)?.name ?? ''}`;
}

desk.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (!button || !told) return;
  if (button.dataset.paint) return choose(Number(button.dataset.paint));
  if ('undo' in button.dataset) strokes.undo(); else strokes.clear();
  touched = true;
  ask().then(() => trigger('settled'));
});

// One question at a time while drawing, and always one about the last stroke.
let asking = null, again = false;
function ask() {
  again = true;
  asking ??= (async () => {
    while (again && told) {
      again = false;
      try { show(await server.ask([...own.asked(), own.seed])); } catch { break; }  // the server is gone: the page says so itself
    }
    asking = null;
  })();
  return asking;
}

function show(answer) {
  const said = desk.querySelector('.said');
  if (!said) return;
  last = answer;
  desk.classList.toggle('nothing', !!answer.note);
  said.classList.toggle('note', !!answer.note);
  said.textContent = answer.note ? answer.note[0].toUpperCase() + answer.note.slice(1) + '.' : answer.said;
  if (!answer.note) {
    desk.querySelector('.made').src = answer.picture;
    desk.querySelector('.judge').innerHTML = answer.verdict;
    desk.querySelector('.truth').hidden = !answer.truth;
    if (answer.truth) desk.querySelector('.truth img').src = answer.truth;
  }
  own.painted += 1;
}

own.sow = seed => { own.seed = seed; if (told) ask(); return seed; };
watch('value', read);
read();
