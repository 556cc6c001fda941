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

/** Where a video can go from each state. Work only moves forward: a repeated early step never takes a video back. */
const next = {
  awaiting_upload: ['uploaded', 'failed', 'cancelled', 'expired'],
  uploaded: ['probing', 'transcoding', 'packaging', 'moderating', 'ready', 'failed', 'removed', 'cancelled'],
  probing: ['transcoding', 'packaging', 'moderating', 'ready', 'failed', 'removed', 'cancelled'],
  transcoding: ['packaging', 'moderating', 'ready', 'failed', 'removed', 'cancelled'],
  packaging: ['moderating', 'ready', 'failed', 'removed', 'cancelled'],
  moderating: ['ready', 'failed', 'removed', 'cancelled'],
  ready: [],
  failed: [],
  removed: [],
  cancelled: [],
  expired: [],
} as const satisfies Record<VideoStatus, readonly VideoStatus[]>;

export const canMove = (from: VideoStatus, to: VideoStatus): boolean =>
  next[from].some((status: VideoStatus) => status === to);

/** The states that a video may come from. */
export const statusesBefore = (to: VideoStatus): VideoStatus[] => videoStatuses.filter((from) => canMove(from, to));

/** No work is done on a video in such a state. */
export const isFinal = (status: VideoStatus): boolean => next[status].length === 0;

export const finalStatuses: readonly VideoStatus[] = videoStatuses.filter(isFinal);
