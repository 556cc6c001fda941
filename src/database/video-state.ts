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
