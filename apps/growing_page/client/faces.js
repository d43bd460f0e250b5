// A click on a picture chooses the latent that the film strip follows.
element.addEventListener('click', event => {
  const button = event.target.closest('[data-face]');
  if (!button || !window.ganGrowing) return;
  window.ganGrowing.choose(Number(button.dataset.face));
  trigger('input');
});
window.ganGrowing?.draw?.();
