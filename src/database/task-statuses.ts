/** Of a task, as its row has it. */
export const taskStatuses = ['pending', 'running', 'completed', 'failed', 'retrying'] as const;
export type TaskStatus = (typeof taskStatuses)[number];
