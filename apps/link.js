(...values) => {
  // Writes the state into the address bar, so that a reload, a bookmark or a copied link restores it.
  const names = $NAMES;
  const query = new URLSearchParams();
  const theme = new URLSearchParams(location.search).get('__theme');
  if (theme) query.set('__theme', theme);
  names.forEach((name, i) => {
    const value = values[i];
    query.set(name, typeof value === 'boolean' ? Number(value) : typeof value === 'number' ? +value.toFixed(4) : value ?? '');
  });
  const text = location.pathname + '?' + query.toString().replaceAll('%2C', ',').replaceAll('%3B', ';');
  clearTimeout(window.ganLabLink);  // browsers limit how often the address may change
  window.ganLabLink = setTimeout(() => history.replaceState(history.state, '', text), 250);
  return location.origin + text;
}
