import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Policy } from '../plan/policy.ts';
import { type Warning, warn } from '../plan/warnings.ts';
import { chooseAudio } from './choose-audio.ts';
import { refuseDolbyVision } from './detect-hdr.ts';
import { videoCodecs } from './formats.ts';
import { best, isEncrypted } from './judge-stream.ts';
import type { MediaFile, Stream } from './parse-streams.ts';

export interface ChosenVideo {
  video: Stream;
  /** The default one first. */
  audio: Stream[];
  warnings: Warning[];
}

/** `video` is null where sound alone is published. */
export interface ChosenStreams extends Omit<ChosenVideo, 'video'> {
  video: Stream | null;
}

/**
 * The streams that are made into a video: the picture that ffmpeg itself would choose, and every sound track (see `chooseAudio`). Throws
 * INPUT_NO_VIDEO (without a picture, unless the policy publishes sound and there is some), INPUT_ENCRYPTED or INPUT_CODEC_UNSUPPORTED.
 */
export function chooseStreams({ streams }: MediaFile, policy: Pick<Policy, 'audio' | 'audioOnly'>): ChosenStreams {
  const sound = chooseAudio(streams, policy.audio.mostTracks);
  const picture = choosePicture(streams);
  if (picture) return { video: picture.video, audio: sound.audio, warnings: [...picture.warnings, ...sound.warnings] };
  if (!publishesSound(sound, policy)) throw noVideo(streams);
  return { video: null, ...sound };
}

/** Whether there is sound, and the policy publishes it alone. */
export const publishesSound = ({ audio }: { audio: Stream[] }, { audioOnly }: Pick<Policy, 'audioOnly'>): boolean =>
  audioOnly === 'publish' && audio.length > 0;

/** The largest moving picture, a default stream before others, the first of equals. Null where nothing moves. */
function choosePicture(streams: Stream[]): { video: Stream; warnings: Warning[] } | null {
  const moving = withoutCovers(streams.filter((stream) => stream.codec_type === 'video' && !isStill(stream)));
  if (moving.length === 0) return null;
  const known = moving.filter((stream) => Object.hasOwn(videoCodecs, stream.codec_name));
  const readable = known.filter((stream) => stream.width > 0 && stream.height > 0 && !isEncrypted(stream));
  const video = best(readable, (stream) => stream.width * stream.height);
  if (!video) throw unreadable(moving, known);
  refuseDolbyVision(video);
  return { video, warnings: moving.length > 1 ? [chosenOf(moving, video)] : [] };
}

function chosenOf(moving: Stream[], { index, width, height, codec_name }: Stream): Warning {
  const detail = `Of ${moving.length} video tracks one is used: stream ${index}, ${width}x${height}, ${codec_name}.`;
  return warn('stream_chosen', detail);
}

const stillCodecs = ['bmp', 'tiff', 'webp', 'gif', 'apng', 'jpegls', 'jpeg2000'];

/** A cover, a row of thumbnails, or one picture in a codec for pictures. PNG moves where the file tells how many there are. */
function isStill({ codec_name, disposition, nb_frames }: Stream): boolean {
  if (disposition.attached_pic || disposition.timed_thumbnails || disposition.still_image) return true;
  if (codec_name === 'png') return nb_frames === null || nb_frames <= 1;
  return stillCodecs.includes(codec_name) || (codec_name === 'mjpeg' && nb_frames === 1);
}

/** Matroska tells no number of frames: JPEG beside another codec is a cover that is not flagged, and would be the largest. */
function withoutCovers(moving: Stream[]): Stream[] {
  const others = moving.filter(({ codec_name, nb_frames }) => codec_name !== 'mjpeg' || nb_frames !== null);
  return others.length > 0 ? others : moving;
}

/** True where the only picture of a stream is a JPEG: known once its frames have been counted. */
export const isCover = ({ codec_name }: Stream, frames: number): boolean => codec_name === 'mjpeg' && frames <= 1;

function noVideo(streams: Stream[]): CatalogueError {
  const kinds = new Set(streams.map((stream) => stream.codec_type));
  const pictures = streams.filter((stream) => stream.codec_type === 'video');
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
