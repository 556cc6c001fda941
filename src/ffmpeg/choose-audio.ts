import { type Warning, warn } from '../plan/warnings.ts';
import { audioCodecs } from './formats.ts';
import { best, isEncrypted } from './judge-stream.ts';
import type { Stream } from './parse-streams.ts';

/** Sound tracks that are made, the default one first, the others as they lie in the file. */
export interface ChosenAudio {
  audio: Stream[];
  warnings: Warning[];
}

/**
 * Every sound track that can be read, at most so many. The default one is what ffmpeg itself would choose: the most channels, one that is
 * flagged as default before others, the first of equals; but one for a few (a commentary, for the hard of hearing) only where there is no other.
 */
export function chooseAudio(streams: Stream[], mostTracks: number): ChosenAudio {
  const sounds = streams.filter((stream) => stream.codec_type === 'audio');
  const readable = sounds.filter(isReadableSound);
  const forAll = readable.filter((stream) => !isForFew(stream));
  const standard = best(forAll.length > 0 ? forAll : readable, (stream) => stream.channels);
  const ordered = standard ? [standard, ...readable.filter((stream) => stream !== standard)] : [];
  const audio = ordered.slice(0, mostTracks);
  return { audio, warnings: leftOut(sounds, readable, audio) };
}

const isReadableSound = (stream: Stream) =>
  Object.hasOwn(audioCodecs, stream.codec_name) &&
  stream.channels > 0 &&
  (stream.sample_rate ?? 0) > 0 &&
  !isEncrypted(stream);

const isForFew = ({ disposition: { comment, hearing_impaired, visual_impaired } }: Stream): boolean =>
  comment === true || hearing_impaired === true || visual_impaired === true;

function leftOut(sounds: Stream[], readable: Stream[], audio: Stream[]): Warning[] {
  const warnings: Warning[] = [];
  if (readable.length > audio.length) {
    const detail = `Of ${readable.length} sound tracks the first ${audio.length} are used, the default one among them.`;
    warnings.push(warn('audio_tracks_ignored', detail));
  }
  const unread = sounds.filter((stream) => !readable.includes(stream));
  if (unread.length > 0) {
    const names = [...new Set(unread.map((stream) => stream.codec_name))].join(', ');
    const rest = readable.length > 0 ? `${unread.length} of ${sounds.length} are left out` : 'the video has none';
    warnings.push(warn('audio_unreadable', `The sound (${names}) cannot be read: ${rest}.`));
  }
  return warnings;
}
