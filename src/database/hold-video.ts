import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Sql } from './client.ts';
import type { VideoStatus } from './video-state.ts';

export interface HeldVideo {
  id: string;
  status: VideoStatus;
  runId: string | null;
  /** Whether its upload was ever accepted. */
  accepted: boolean;
}

/** A video, locked: the first lock of every transaction that writes on it and on what belongs to it. Rejects with NOT_FOUND. */
export async function holdVideo(sql: Sql, id: string): Promise<HeldVideo> {
  const [video] = await sql<HeldVideo>(
    `SELECT id, status, run_id AS "runId", uploaded_at IS NOT NULL AS accepted FROM videos WHERE id = $1 FOR NO KEY UPDATE`,
    [id],
  );
  if (!video) throw new CatalogueError('NOT_FOUND', `there is no video ${id}`);
  return video;
}

/** Refuses what cannot be done to a video in its state, and says why. */
export const stateConflict = ({ status }: Pick<HeldVideo, 'status'>, why: string): CatalogueError =>
  new CatalogueError('VIDEO_STATE_CONFLICT', `The video is ${status}: ${why}.`);
