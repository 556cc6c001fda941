import type { Probe } from '../plan/probe.ts';
import { warn } from '../plan/warnings.ts';
import type { ChosenStreams } from './choose-streams.ts';
import { describeTracks } from './describe-source.ts';
import type { InputFile } from './input-args.ts';
import type { MediaFile } from './parse-streams.ts';
import type { SoundSpan } from './probe-sound.ts';

export interface FoundSound {
  file: MediaFile;
  bytes: number;
  chosen: Pick<ChosenStreams, 'audio' | 'warnings'>;
  input: InputFile;
  span: SoundSpan;
  sourceKey: string;
}

/** Sound alone, as the Probe that plans are made from: sound is decoded from its beginning, so it needs neither index nor remux. */
export function describeSound({ file, bytes, chosen, input, span, sourceKey }: FoundSound): Probe {
  const durationSeconds = span.end - span.start;
  return {
    version: 2,
    format: file.format.format_name,
    bytes,
    startSeconds: span.start,
    durationSeconds,
    bitrateKbps: Math.round((bytes * 8) / durationSeconds / 1000),
    video: null,
    audio: describeTracks(chosen.audio, chosen.audio),
    source: { key: sourceKey, demuxer: input.demuxer, remuxed: false },
    indexKey: null,
    warnings: [
      ...chosen.warnings,
      warn('audio_only', 'The file holds no moving picture: its sound alone is published.'),
    ],
  };
}
