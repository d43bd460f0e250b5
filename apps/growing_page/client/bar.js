// Grow and Pause: the animation itself is in grow.js.
element.addEventListener('click', event => { if (event.target.closest('#grow')) window.ganGrowing?.grow(); });
