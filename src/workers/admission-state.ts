/** What a job asks for before it begins. */
export interface Request {
  id: number;
  queue: string;
  /** Estimated peak of its tools, bytes. */
  memoryBytes: number;
}

/** Who has memory in one worker process, and who waits for it, first come first. */
export interface AdmissionState {
  readonly budgetBytes: number;
  readonly running: readonly Request[];
  readonly waiting: readonly Request[];
}

/** `refused`: one of its queue waits already. It goes back to the queue, where another process can have it. */
export type Verdict = 'admitted' | 'waits' | 'refused';

export const emptyAdmission = (budgetBytes: number): AdmissionState => ({ budgetBytes, running: [], waiting: [] });

/**
 * Lets a job begin where the budget has room for it and nobody waits: so a large one waits for those that run now and
 * for no other, however many small ones come. One that is larger than the whole budget runs alone. Pure.
 */
export function admit(state: AdmissionState, request: Request): { state: AdmissionState; verdict: Verdict } {
  if (state.waiting.some(({ queue }) => queue === request.queue)) return { state, verdict: 'refused' };
  const next = begin({ ...state, waiting: [...state.waiting, request] });
  return { state: next, verdict: next.waiting.includes(request) ? 'waits' : 'admitted' };
}

/** Takes out one that has ended, or that waits no longer; `admitted` are those that begin now. Pure. */
export function leave(state: AdmissionState, id: number): { state: AdmissionState; admitted: readonly Request[] } {
  const others = (requests: readonly Request[]) => requests.filter((request) => request.id !== id);
  const before = { ...state, running: others(state.running), waiting: others(state.waiting) };
  const next = begin(before);
  return { state: next, admitted: next.running.slice(before.running.length) };
}

/** Moves those at the head of the line into the room that there is. */
function begin(state: AdmissionState): AdmissionState {
  const running = [...state.running];
  const waiting = [...state.waiting];
  for (let [head] = waiting; head && hasRoom(state.budgetBytes, running, head); [head] = waiting) {
    running.push(head);
    waiting.shift();
  }
  return { ...state, running, waiting };
}

const hasRoom = (budgetBytes: number, running: readonly Request[], request: Request): boolean =>
  running.length === 0 || taken(running) + request.memoryBytes <= budgetBytes;

const taken = (running: readonly Request[]): number => running.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
