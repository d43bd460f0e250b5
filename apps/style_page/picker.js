// Whatever carries data-pick can be chosen, by click or key as any button; only the choice travels.
element.addEventListener('click', event => {
  const chosen = event.target.closest('[data-pick]');
  if (!chosen) return;
  props.value = {...props.value, pick: chosen.dataset.pick};
  trigger('input');
});
