import { type EncodePlan, renditionName } from '../plan/encode-plan.ts';
import { rateBuffer } from '../plan/rate-control.ts';
import { soundLabel } from './name-sounds.ts';
import { audioGroup, type Sound, soundsOf } from './sounds.ts';

export { audioRendition } from './sounds.ts';

/** What the packager is given: one file per rendition, local. Paths are relative to the folder it runs in, or absolute. */
export interface PackagerInput {
  /** `h264/720p`, `audio/aac_128k`: also the folder of what is made of it. */
  rendition: string;
  kind: 'video' | 'audio';
  path: string;
  /** Of sound: whose track it is. */
  sound?: Sound;
}

export const hlsMaster = 'manifest.m3u8';
export const dashManifest = 'manifest.mpd';

/** Every rendition of a plan, video first, in the plan's order; `pathOf` says where its file lies. */
export function packagerInputs(plan: EncodePlan, pathOf: (rendition: string) => string): PackagerInput[] {
  return [
    ...plan.rungs.map(renditionName).map((rendition) => ({ rendition, kind: 'video' as const })),
    ...soundsOf(plan.audio).map((sound) => ({ rendition: sound.rendition, kind: 'audio' as const, sound })),
  ].map((input) => ({ ...input, path: pathOf(input.rendition) }));
}

/** The packager's arguments: HLS and DASH over one copy of the media, in the working folder. */
export function packagerArgs(inputs: PackagerInput[], mediaSegmentSeconds: number): string[] {
  return [
    ...inputs.map(streamDescriptor),
    '--segment_duration',
    String(mediaSegmentSeconds),
    '--mpd_output',
    dashManifest,
    '--hls_master_playlist_output',
    hlsMaster,
    // With segment templates the MPD is dynamic without it, and players start at the end.
    '--generate_static_live_mpd',
    // Else every init carries the time of day, and no two runs are equal.
    '--use_fake_clock_for_muxer',
    '--quiet',
  ];
}

function streamDescriptor({ rendition, kind, path, sound }: PackagerInput): string {
  const fields = [
    ['in', path],
    ['stream', kind],
    ['init_segment', `${rendition}/init.mp4`],
    ['segment_template', `${rendition}/seg-$Number$.m4s`],
    ['playlist_name', `${rendition}/playlist.m3u8`],
    ...(kind === 'video' ? [['iframe_playlist_name', `${rendition}/iframes.m3u8`]] : []),
    ...(sound
      ? [
          ['hls_group_id', sound.group],
          ['hls_name', soundLabel(sound)],
          ['dash_label', soundLabel(sound)],
          ['dash_roles', sound.role],
        ]
      : []),
  ];
  return fields.map((field) => field.join('=')).join(',');
}

/**
 * The sound that each variant goes with in HLS, as group names by rendition: the best that takes at most a fifth of the picture's
 * bitrate, else the smallest. Of sound alone the default track is a variant in each bitrate; the others (null) are chosen from its group.
 */
export function audioGroups(plan: Pick<EncodePlan, 'audio' | 'rungs'>): Record<string, string | null> {
  if (plan.rungs.length === 0) {
    const sounds = soundsOf(plan.audio).map(({ rendition, group, isDefault }) => [rendition, isDefault ? group : null]);
    return Object.fromEntries(sounds);
  }
  const bitrates = (plan.audio[0]?.tracks ?? [])
    .map(({ bitrateKbps }, bitrate) => ({ bitrateKbps, group: audioGroup(plan.audio, bitrate) }))
    .sort((a, b) => b.bitrateKbps - a.bitrateKbps);
  const pairs = plan.rungs.flatMap((rung) => {
    const best =
      bitrates.find(({ bitrateKbps }) => bitrateKbps <= rateBuffer(rung.rateControl).maxrateKbps / 5) ??
      bitrates.at(-1);
    return best ? [[renditionName(rung), best.group]] : [];
  });
  return Object.fromEntries(pairs);
}
