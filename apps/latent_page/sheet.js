// The sheet of pictures: clicks and keys choose exemplars here in the browser; only the choice travels.
const parse = text => text.split(';').map(g => g.split(',').filter(x => x !== '').map(Number));

function toggle(i) {
  const picks = parse(props.value.picks);
  const group = picks[props.value.active];
  if (group.includes(i)) group.splice(group.indexOf(i), 1);
  else {
    group.push(i);
    if (group.length > 3) group.shift();  // the oldest makes room
  }
  props.value = {...props.value, picks: picks.map(g => g.join(',')).join(';'), focus: i};
  trigger('input');
}

element.addEventListener('click', event => {
  const concept = event.target.closest('[data-concept]');
  const cell = event.target.closest('[data-cell]');
  if (concept) props.value = {...props.value, active: Number(concept.dataset.concept)};
  if (cell) toggle(Number(cell.dataset.cell));
});

// Arrow keys move over the sheet, 1 2 3 change the concept; Enter and Space click, as on any button.
element.addEventListener('keydown', event => {
  const cell = event.target.closest('[data-cell]');
  if (!cell) return;
  if ('123'.includes(event.key)) props.value = {...props.value, active: Number(event.key) - 1};
  const columns = getComputedStyle(cell.parentElement).gridTemplateColumns.split(' ').length;
  const step = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns}[event.key];
  const next = Number(cell.dataset.cell) + step;
  if (!step || next < 0 || next >= props.value.pictures.length) return;
  event.preventDefault();
  props.value = {...props.value, focus: next};
  element.querySelector(`[data-cell="${next}"]`).focus();
});
