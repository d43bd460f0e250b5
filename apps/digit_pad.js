// A pad for one digit, white on black as in MNIST.
const SIDE = 280, PEN = 24;
const pad = element.querySelector('.digit-pad');
pad.innerHTML = '<div></div><button type="button" data-clear>Clear</button>';
const strokes = new Strokes(pad.querySelector('div'), {side: SIDE, label: 'Pad for a digit', ground: '#000', step: 14, hand: [SIDE / 2, SIDE / 4],
  brush: () => ({colour: '#fff', width: PEN}), settled: () => trigger('drawn')});
pad.addEventListener('click', event => { if (event.target.closest('[data-clear]')) { strokes.clear(); trigger('drawn'); } });
window.ganLabPad = () => strokes.picture;
