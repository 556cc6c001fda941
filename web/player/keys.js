/** Lets the player's keys (space, arrows, M, F …) work while nothing on the page has the focus. */
export function forwardKeys(controller) {
  for (const type of ['keydown', 'keyup']) {
    document.addEventListener(type, (event) => {
      if (event.target !== document.body || event.ctrlKey || event.metaKey || event.altKey) return;
      const copy = new KeyboardEvent(type, {
        key: event.key,
        code: event.code,
        shiftKey: event.shiftKey,
        cancelable: true,
      });
      // The page itself would scroll.
      if (!controller.dispatchEvent(copy) || [' ', 'ArrowUp', 'ArrowDown'].includes(event.key)) event.preventDefault();
    });
  }
}

/** Brings the focus into a menu that opens, so that arrows and Enter choose in it; Escape and a choice bring it back. */
export function focusMenus(controller) {
  controller.addEventListener('toggle', ({ target, newState }) => {
    // Once it can be seen: what cannot be seen takes no focus.
    if (newState === 'open') requestAnimationFrame(() => requestAnimationFrame(() => target.focus()));
  });
}
