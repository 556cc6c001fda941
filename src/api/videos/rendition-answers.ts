import { z } from 'zod';
import type { Operation } from '../operation.ts';

const bytes = z.int().nullable().meta({ description: 'Of all its files; null until it is packed.' });
const average = z.int().nullable().meta({ description: 'Of all its media, kbit/s; null until it is packed.' });
const playlist = z
  .string()
  .nullable()
  .meta({ description: 'Its HLS media playlist, absolute; null until the video is ready, and once it was removed.' });
/** Of both lists. */
const ofRun = {
  video_id: z.string(),
  run_id: z
    .string()
    .nullable()
    .meta({ description: 'The run that made or makes it: the one that plays, else the current one.' }),
  planned: z.boolean().meta({ description: 'False until the plan is made: the list is empty then.' }),
};

const renditionSchema = z
  .object({
    name: z.string().meta({ example: 'h264/720p' }),
    codec: z.string().meta({ example: 'h264' }),
    width: z.int(),
    height: z.int(),
    frame_rate: z
      .number()
      .nullable()
      .meta({ description: 'Pictures a second, to three decimals; null where they are not regular.' }),
    maxrate_kbps: z
      .number()
      .nullable()
      .meta({ description: 'What the encoder may not pass, kbit/s; null where the plan does not say.' }),
    average_bitrate_kbps: average,
    peak_bitrate_kbps: z
      .int()
      .nullable()
      .meta({ description: 'Of its largest media segment, kbit/s; null until it is packed.' }),
    segments: z
      .object({ completed: z.int(), total: z.int() })
      .meta({ description: 'Pieces of encoding: how many are done, and how many there are.' }),
    bytes,
    playlist_url: playlist,
  })
  .meta({ id: 'Rendition' });
export type RenditionBody = z.infer<typeof renditionSchema>;

export const renditionsSchema = z.object({ ...ofRun, renditions: z.array(renditionSchema) }).meta({ id: 'Renditions' });
export type RenditionsBody = z.infer<typeof renditionsSchema>;

const trackSchema = z
  .object({
    kind: z.enum(['audio']).meta({ description: 'New kinds may come.' }),
    language: z.string().nullable().meta({ description: 'BCP 47; null where the file does not tell.', example: 'de' }),
    title: z.string().nullable().meta({ description: 'As the file has it.' }),
    default: z.boolean(),
    source_lufs: z.number().nullable().meta({ description: 'Loudness that was found, LUFS (EBU R 128).' }),
    lufs: z
      .number()
      .nullable()
      .meta({ description: 'Loudness that came out, LUFS; null until it is made, and of silence.' }),
    renditions: z
      .array(
        z.object({
          name: z.string().meta({ example: 'audio/aac_128k' }),
          codec: z.string().meta({ example: 'aac' }),
          bitrate_kbps: z.number().meta({ description: 'As it was asked for, kbit/s.' }),
          average_bitrate_kbps: average,
          bytes,
          playlist_url: playlist,
        }),
      )
      .meta({ description: 'The same sound in each bitrate.' }),
  })
  .meta({ id: 'Track' });
export type TrackBody = z.infer<typeof trackSchema>;

export const tracksSchema = z.object({ ...ofRun, tracks: z.array(trackSchema) }).meta({ id: 'Tracks' });
export type TracksBody = z.infer<typeof tracksSchema>;

const read = { method: 'get', tag: 'Videos', access: ['videos:read', 'operate'] } as const;

export const renditionOperations: Operation[] = [
  {
    ...read,
    path: '/api/v1/videos/{id}/renditions',
    id: 'listRenditions',
    summary: 'The pictures of a video: every size and codec, planned and made',
    answers: { 200: { description: 'In the order of the plan.', body: renditionsSchema } },
  },
  {
    ...read,
    path: '/api/v1/videos/{id}/tracks',
    id: 'listTracks',
    summary: 'The sound tracks of a video, planned and made',
    answers: { 200: { description: 'The default one first.', body: tracksSchema } },
  },
];
