import { element, show } from './dom.js';

const steps = [
  ['probe', 'Inspect the file'],
  ['split', 'Plan the work'],
  ['transcode', 'Encode'],
  ['thumbnails', 'Thumbnails'],
  ['package', 'Package for streaming'],
];

const leads = {
  awaiting_upload: 'Waiting for the upload',
  uploaded: 'In the queue',
};

/** Shows a status body: a line for each step, and when it may be done. */
export function showProgress(status) {
  const progress = status.pipeline_progress;
  element('progress-lead').textContent = leads[status.status] ?? `Your video is being prepared: ${progress.percent} %`;
  element('steps').replaceChildren(
    ...steps.map(([name, label]) =>
      name === 'transcode' ? transcodeLine(label, progress, status.status) : line(label, progress[name]),
    ),
  );
  element('steps').classList.toggle('waits', Boolean(status.waiting));
  element('progress-note').textContent = status.waiting ? waitingWords : remaining(status.estimated_completion);
  show('progress');
}

const waitingWords = 'Waits for the storage. It goes on by itself; you need not do anything.';

/** Says that nothing more is heard of the server; what was shown stays. */
export function showLost() {
  element('progress-note').textContent = 'The connection was lost. Trying again …';
}

function line(label, state, count = words[state]) {
  const item = document.createElement('li');
  item.dataset.state = state;
  item.append(span('mark', ''), span('label', label), span('count', count));
  return item;
}

const words = { pending: '', running: 'running', completed: 'done', failed: 'failed', skipped: 'not needed' };

function transcodeLine(label, { split, transcode }, videoStatus) {
  const { completed, total, percent } = transcode;
  if (total === 0) return soundLine(label, { split, percent });
  const state = completed === total ? 'completed' : split === 'completed' ? 'running' : 'pending';
  if (state === 'pending' && videoStatus !== 'transcoding') return line(label, state);
  const item = line(label, state, `${completed} of ${total}`);
  if (state === 'running') item.append(Object.assign(document.createElement('progress'), { max: 100, value: percent }));
  return item;
}

/** Nothing is counted before the plan; afterwards there is sound alone, which has no encodes to count. */
function soundLine(label, { split, percent }) {
  if (split !== 'completed') return line(label, 'pending');
  if (percent >= 99) return line(label, 'completed');
  const item = line(label, 'running', `${percent} %`);
  item.append(Object.assign(document.createElement('progress'), { max: 100, value: percent }));
  return item;
}

function span(className, text) {
  return Object.assign(document.createElement('span'), { className, textContent: text });
}

/** `About 2 min left`; nothing where it cannot be told. */
function remaining(estimate) {
  if (!estimate) return '';
  const seconds = Math.max(1, Math.round((Date.parse(estimate) - Date.now()) / 1_000));
  if (seconds < 90) return `About ${seconds} s left`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `About ${minutes} min left` : `About ${Math.round(minutes / 60)} h left`;
}
