import { Router } from 'express';
import type { VideoRow } from '../../database/database.ts';
import type { MadeRendition, Planned } from '../../database/library-renditions.ts';
import { ownVideo } from '../access/own-video.ts';
import type { ApiServices } from '../services.ts';
import type { RenditionBody, TrackBody } from './rendition-answers.ts';
import { type UrlOf, videoUrls } from './video-body.ts';

/** `GET /{id}/renditions` and `GET /{id}/tracks`: what is made of a video, from its saved plan and what is committed. */
export function renditionRoutes({ database, settings }: ApiServices): Router {
  const urlsOf = videoUrls(settings);
  const look = async (video: VideoRow) => {
    const run_id = shownRun(video);
    const planned = run_id && (await database.library.planned(run_id));
    const made = planned ? await database.library.made(run_id, { done: isShown(video) }) : [];
    const head = { video_id: video.id, run_id, planned: Boolean(planned) };
    // What is packed plays once the video shows it: before, nobody has looked whether it is whole.
    return { head, planned, made, url: isShown(video) ? urlsOf(video) : () => null };
  };
  return Router()
    .get('/:id/renditions', async (request, response) => {
      const video = await ownVideo(database, response, request.params.id);
      const { head, planned, made, url } = await look(video);
      response.json({ ...head, renditions: planned ? renditionBodies(planned, made, url) : [] });
    })
    .get('/:id/tracks', async (request, response) => {
      const video = await ownVideo(database, response, request.params.id);
      const { head, planned, made, url } = await look(video);
      response.json({ ...head, tracks: planned ? trackBodies(planned, made, url) : [] });
    });
}

const isShown = ({ hlsKey }: Pick<VideoRow, 'hlsKey'>): boolean => hlsKey !== null;

/** The run whose outputs a video shows: its playlists name it. Before it shows any: its current run. Pure. */
export const shownRun = ({ hlsKey, runId }: Pick<VideoRow, 'hlsKey' | 'runId'>): string | null =>
  /^transcoded\/[^/]+\/([^/]+)\//.exec(hlsKey ?? '')?.[1] ?? runId;

/** Every rendition of pictures that is planned, with what is committed of it. Pure. */
export const renditionBodies = (planned: Planned, made: readonly MadeRendition[], url: UrlOf): RenditionBody[] =>
  planned.rungs.map(({ name: rung, codec, width, height, maxrateKbps }) => {
    const name = `${codec}/${rung}`;
    const found = made.find(({ rendition }) => rendition === name);
    return {
      name,
      codec,
      width,
      height,
      frame_rate: planned.frameRate && Number(planned.frameRate.toFixed(3)),
      maxrate_kbps: maxrateKbps,
      average_bitrate_kbps: averageKbps(planned, found),
      peak_bitrate_kbps: peakKbps(planned, found),
      segments: { completed: found?.segments ?? 0, total: planned.segments },
      bytes: found?.bytes ?? null,
      playlist_url: url(found?.playlistKey ?? null),
    };
  });

/** Every sound track that is planned, with what is committed of it. Pure. */
export const trackBodies = (planned: Planned, made: readonly MadeRendition[], url: UrlOf): TrackBody[] =>
  planned.audio.map(({ language, title, isDefault, tracks }) => {
    const renditions = tracks.map(({ name: track, codec, bitrateKbps }) => {
      const name = `audio/${track}`;
      return { name, codec, bitrateKbps, found: made.find(({ rendition }) => rendition === name) };
    });
    const lufs = renditions.find(({ found }) => found?.lufs)?.found?.lufs;
    return {
      kind: 'audio',
      language,
      title,
      default: isDefault,
      source_lufs: lufs?.before ?? null,
      lufs: lufs?.after ?? null,
      renditions: renditions.map(({ name, codec, bitrateKbps, found }) => ({
        name,
        codec,
        bitrate_kbps: bitrateKbps,
        average_bitrate_kbps: averageKbps(planned, found),
        bytes: found?.bytes ?? null,
        playlist_url: url(found?.playlistKey ?? null),
      })),
    };
  });

const kbps = (bytes: number, seconds: number): number => Math.round((bytes * 8) / 1_000 / seconds);

function averageKbps({ durationSeconds }: Planned, made: MadeRendition | undefined): number | null {
  return made?.mediaSegments && durationSeconds > 0 ? kbps(made.mediaBytes, durationSeconds) : null;
}

/** All media segments but the last are equally long, and the last is no longer. */
function peakKbps({ durationSeconds, mediaSegmentSeconds }: Planned, made: MadeRendition | undefined): number | null {
  const seconds = Math.min(durationSeconds, mediaSegmentSeconds);
  return made?.mediaSegments && seconds > 0 ? kbps(made.largestBytes, seconds) : null;
}
