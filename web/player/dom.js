/** An element of the page that must be there. */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id} in the page`);
  return found;
}

const views = ['stage', 'progress', 'problem'];

/** Shows one of the three main views and hides the others. */
export function show(view) {
  for (const id of views) element(id).hidden = id !== view;
}
