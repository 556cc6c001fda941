import { element, show } from './dom.js';

/** Shows what is wrong, and what can be done about it. Text only: details can hold a user's words. */
export function showProblem({ type, code, detail, hint, operator_hint, retryable }) {
  element('problem-code').replaceChildren(type ? linkTo(type, code) : code);
  element('problem-detail').textContent = detail;
  element('problem-hint').textContent = hint ?? '';
  element('problem-operators').hidden = !operator_hint;
  element('problem-operator-hint').textContent = operator_hint ?? '';
  element('problem-again').hidden = !retryable;
  show('problem');
}

/** The page of a code; those that this page makes up itself have none. */
function linkTo(url, words) {
  const link = document.createElement('a');
  link.href = url;
  link.textContent = words;
  return link;
}
