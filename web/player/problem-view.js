import { element, show } from './dom.js';

/** Shows what is wrong, and what can be done about it. Text only: details can hold a user's words. */
export function showProblem({ code, detail, hint }) {
  element('problem-code').textContent = code;
  element('problem-detail').textContent = detail;
  element('problem-hint').textContent = hint ?? '';
  show('problem');
}
