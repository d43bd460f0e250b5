// A click into the plane is where the run starts; only the point travels.
element.addEventListener('click', event => {
  const plane = event.target.closest('.plane-xy');
  if (!plane) return;
  const box = plane.getBoundingClientRect(), reach = Number(plane.dataset.reach);
  const place = (at, from, size) => Math.max(-2, Math.min(2, Math.round(10 * reach * (2 * (at - from) / size - 1)) / 10));
  const start = [place(event.clientX, box.left, box.width), -place(event.clientY, box.top, box.height)];
  props.value = {...props.value, start};
  trigger('input');
});
