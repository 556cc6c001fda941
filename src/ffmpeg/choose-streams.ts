import { CatalogueError } from '../errors/catalogue-error.ts';
import { type Warning, warn } from '../plan/warnings.ts';
import { audioCodecs, videoCodecs } from './formats.ts';
import type { MediaFile, Stream } from './parse-streams.ts';

export interface ChosenStreams {
  video: Stream;
  audio: Stream | null;
  warnings: Warning[];
}

/**
 * The streams that ffmpeg itself would choose: the largest moving picture, the sound with the most channels, a default stream
 * before others, the first of equals. Throws INPUT_NO_VIDEO, INPUT_ENCRYPTED or INPUT_CODEC_UNSUPPORTED.
 */
export function chooseStreams(file: MediaFile): ChosenStreams {
  const pictures = file.streams.filter((stream) => stream.codec_type === 'video');
  const moving = pictures.filter((stream) => !isStill(stream));
  if (moving.length === 0) throw noVideo(file, pictures);

  const known = moving.filter((stream) => Object.hasOwn(videoCodecs, stream.codec_name));
  const readable = known.filter((stream) => stream.width > 0 && stream.height > 0 && !isEncrypted(stream));
  const video = best(readable, (stream) => stream.width * stream.height);
  if (!video) throw unreadable(moving, known);

  const sounds = file.streams.filter((stream) => stream.codec_type === 'audio');
  const audio = best(sounds.filter(isReadableSound), (stream) => stream.channels);
  return { video, audio: audio ?? null, warnings: leftOut(moving.length, sounds, audio) };
}

/** ffmpeg's own weight of a default stream, see `map_auto_video` in ffmpeg_opt.c. */
const defaultBonus = 5_000_000;

function best(streams: Stream[], size: (stream: Stream) => number): Stream | undefined {
  const score = (stream: Stream) => size(stream) + (stream.disposition.default ? defaultBonus : 0);
  return streams.reduce<Stream | undefined>(
    (chosen, stream) => (chosen === undefined || score(stream) > score(chosen) ? stream : chosen),
    undefined,
  );
}

const stillCodecs = ['png', 'bmp', 'tiff', 'webp', 'gif', 'apng', 'jpegls', 'jpeg2000'];

/** A cover, a row of thumbnails, or one picture in a codec for pictures. */
function isStill({ codec_name, disposition, nb_frames }: Stream): boolean {
  if (disposition.attached_pic || disposition.timed_thumbnails || disposition.still_image) return true;
  return stillCodecs.includes(codec_name) || (codec_name === 'mjpeg' && nb_frames === 1);
}

/** By the header; CENC in MP4 shows in the packets alone, see `packetIndex`. */
const isEncrypted = ({ codec_tag_string, tags }: Stream) =>
  tags.enc_key_id !== undefined || ['encv', 'enca', 'drmi', 'drms'].includes(codec_tag_string);

const isReadableSound = (stream: Stream) =>
  Object.hasOwn(audioCodecs, stream.codec_name) &&
  stream.channels > 0 &&
  (stream.sample_rate ?? 0) > 0 &&
  !isEncrypted(stream);

function noVideo(file: MediaFile, pictures: Stream[]): CatalogueError {
  const kinds = new Set(file.streams.map((stream) => stream.codec_type));
  const found =
    pictures.length > 0 ? 'a still picture' : kinds.has('audio') ? 'sound only' : 'neither picture nor sound';
  const more = pictures.length > 0 && kinds.has('audio') ? ' and sound' : '';
  return new CatalogueError('INPUT_NO_VIDEO', `The file holds ${found}${more}.`);
}

function unreadable(moving: Stream[], known: Stream[]): CatalogueError {
  if (moving.some(isEncrypted)) return new CatalogueError('INPUT_ENCRYPTED', 'The picture is encrypted.');
  if (known.length > 0) return new CatalogueError('INPUT_DAMAGED', 'The size of the picture cannot be read.');
  const names = [...new Set(moving.map((stream) => stream.codec_name))].join(', ');
  return new CatalogueError('INPUT_CODEC_UNSUPPORTED', `The video codec is ${names}.`, { facts: { codecs: names } });
}

function leftOut(pictures: number, sounds: Stream[], audio: Stream | undefined): Warning[] {
  const warnings: Warning[] = [];
  if (pictures > 1) {
    warnings.push(warn('stream_chosen', `Of ${pictures} video tracks one is used.`));
  }
  if (audio && sounds.length > 1) {
    warnings.push(warn('audio_tracks_ignored', `Of ${sounds.length} audio tracks one is used.`));
  }
  if (!audio && sounds.length > 0) {
    const names = [...new Set(sounds.map((stream) => stream.codec_name))].join(', ');
    warnings.push(warn('audio_unreadable', `The sound (${names}) cannot be read: the video has none.`));
  }
  return warnings;
}
