import { element } from './dom.js';

/** What was found in the file and what was done about it: a line for each warning. Text only: details can hold a user's words. */
export function showReport(warnings) {
  element('warnings').replaceChildren(...warnings.map(({ code, detail }) => line(code, detail)));
  element('report').hidden = warnings.length === 0;
}

function line(code, detail) {
  const item = document.createElement('li');
  item.append(
    Object.assign(document.createElement('span'), { textContent: detail }),
    Object.assign(document.createElement('code'), { textContent: code }),
  );
  return item;
}
