import { z } from 'zod';
import { escapeName } from '../words/escape-unseen.ts';

/** What this version shows of a list of videos; what a newer API says besides is kept. */
export const listAnswer = z.looseObject({
  videos: z.array(
    z.looseObject({
      video_id: z.string(),
      title: z.string(),
      filename: z.string(),
      status: z.string(),
      created_at: z.string(),
      error: z.looseObject({ code: z.string() }).nullable(),
    }),
  ),
});
export type ListedVideo = z.infer<typeof listAnswer>['videos'][number];

const titles = ['ID', 'STATUS', 'CREATED', 'TITLE'];

/** Videos as a table for a terminal, one a line. Pure. */
export function videoTable(videos: readonly ListedVideo[]): string {
  const rows = videos.map(({ video_id, title, filename, status, created_at, error }) => [
    video_id,
    error ? `${status} (${error.code})` : status,
    `${created_at.slice(0, 16).replace('T', ' ')} UTC`,
    escapeName(title || filename),
  ]);
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [titles, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
