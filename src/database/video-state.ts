import type { TaskType } from '../plan/task-specs.ts';

/** Every state of a video. The last five are final. */
export const videoStatuses = [
  'awaiting_upload',
  'uploaded',
  'probing',
  'transcoding',
  'packaging',
  'moderating',
  'ready',
  'failed',
  'removed',
  'cancelled',
  'expired',
] as const;
export type VideoStatus = (typeof videoStatuses)[number];

/**
 * Where a video can go from each state. Work only moves forward: a repeated early step never takes a video back. Whatever it is, its creator
 * may remove it.
 */
const next = {
  awaiting_upload: ['uploaded', 'failed', 'removed', 'cancelled', 'expired'],
  uploaded: ['probing', 'transcoding', 'packaging', 'moderating', 'ready', 'failed', 'removed', 'cancelled'],
  probing: ['transcoding', 'packaging', 'moderating', 'ready', 'failed', 'removed', 'cancelled'],
  transcoding: ['packaging', 'moderating', 'ready', 'failed', 'removed', 'cancelled'],
  packaging: ['moderating', 'ready', 'failed', 'removed', 'cancelled'],
  moderating: ['ready', 'failed', 'removed', 'cancelled'],
  ready: ['removed'],
  failed: ['removed'],
  removed: [],
  cancelled: ['removed'],
  expired: ['removed'],
} as const satisfies Record<VideoStatus, readonly VideoStatus[]>;

export const canMove = (from: VideoStatus, to: VideoStatus): boolean =>
  next[from].some((status: VideoStatus) => status === to);

/** The states that a video may come from. */
export const statusesBefore = (to: VideoStatus): VideoStatus[] => videoStatuses.filter((from) => canMove(from, to));

/**
 * No work is done on a video in such a state. Back to work leads one way alone, a retry: out of `failed` by taking its run up again
 * (`reopen-run.ts`), out of `failed` and `cancelled` by a new run (`retry-video.ts`).
 */
export const finalStatuses: readonly VideoStatus[] = ['ready', 'failed', 'removed', 'cancelled', 'expired'];

export const isFinal = (status: VideoStatus): boolean => finalStatuses.includes(status);

/** Steps that package waits for. */
const beforePackage: readonly TaskType[] = ['probe', 'split', 'transcode', 'audio'];

/** The state of a video whose run is taken up again: what its tasks say of the way that is left. */
export function statusOfWork(
  tasks: readonly { type: TaskType; status: string }[],
): 'probing' | 'transcoding' | 'packaging' {
  const open = new Set(tasks.filter(({ status }) => status !== 'completed').map(({ type }) => type));
  if (open.has('probe')) return 'probing';
  return beforePackage.some((type) => open.has(type)) ? 'transcoding' : 'packaging';
}
