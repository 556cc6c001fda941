import { expect, test } from 'vitest';
import { audioGroups, packagerArgs, packagerInputs } from '../../../src/packaging/packager-args.ts';
import { pairVariants } from '../../../src/packaging/pair-variants.ts';
import { parseMaster } from '../../../src/packaging/parse-m3u8.ts';
import { findPackager } from '../../../src/packaging/run-packager.ts';
import { planEncode } from '../../../src/plan/plan-encode.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { constantIndex, probeOf } from '../../support/plan-inputs.ts';

const index = constantIndex({ timeBase: { numerator: 1, denominator: 15_360 }, ticksPerFrame: 512, frames: 960 });
const plan = planEncode(probeOf(), index, standardPolicy);

test('every rendition has a folder, an init, numbered segments and a playlist; pictures have I-frames, sounds a group', () => {
  const args = packagerArgs(
    packagerInputs(plan, (rendition) => `/in/${rendition}.mp4`),
    4,
  );
  expect(args).toContain(
    'in=/in/h264/720p.mp4,stream=video,init_segment=h264/720p/init.mp4,segment_template=h264/720p/seg-$Number$.m4s,playlist_name=h264/720p/playlist.m3u8,iframe_playlist_name=h264/720p/iframes.m3u8',
  );
  expect(args).toContain(
    'in=/in/audio/aac_64k.mp4,stream=audio,init_segment=audio/aac_64k/init.mp4,segment_template=audio/aac_64k/seg-$Number$.m4s,playlist_name=audio/aac_64k/playlist.m3u8,hls_group_id=aac_64k,hls_name=sound-0,dash_label=sound-0,dash_roles=main',
  );
  expect(args).toEqual(expect.arrayContaining(['--generate_static_live_mpd', '--use_fake_clock_for_muxer']));
  expect(args[args.indexOf('--segment_duration') + 1]).toBe('4');
});

test('a picture goes with the best sound that is a fifth of it, else with the smallest', () => {
  expect(audioGroups(plan)).toEqual({
    'h264/240p': 'aac_64k',
    'h264/360p': 'aac_128k',
    'h264/480p': 'aac_128k',
    'h264/720p': 'aac_128k',
  });
  expect(audioGroups({ ...plan, audio: [] })).toEqual({});
});

test('of the packager’s pairs one is kept for each picture, with its bandwidth', () => {
  const pair = (height: number, group: string, bandwidth: number) =>
    `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},CODECS="avc1.64001f,mp4a.40.2",AUDIO="${group}"\nh264/${height}p/playlist.m3u8`;
  const sound = (name: string) =>
    `#EXT-X-MEDIA:TYPE=AUDIO,URI="audio/${name}/playlist.m3u8",GROUP-ID="${name}",NAME="Sound",DEFAULT=NO,AUTOSELECT=YES`;
  const lines = [
    ...['#EXTM3U', '', sound('a'), sound('b'), ''],
    ...[pair(720, 'a', 11), pair(240, 'a', 12), '', pair(720, 'b', 13), pair(240, 'b', 14), ''],
    ...['#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="h264/720p/iframes.m3u8"', ''],
  ];
  const paired = pairVariants(lines.join('\n'), { 'h264/720p': 'a', 'h264/240p': 'b' });
  const master = parseMaster(paired);
  expect(master.variants.map(({ uri, attributes }) => [uri, attributes.AUDIO, attributes.BANDWIDTH])).toEqual([
    ['h264/720p/playlist.m3u8', 'a', '11'],
    ['h264/240p/playlist.m3u8', 'b', '14'],
  ]);
  expect(master.media).toHaveLength(2);
  expect(master.iframes).toHaveLength(1);
  expect(pairVariants('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n', {})).toContain('v.m3u8');
});

test.each([
  ['linux', 'x64', 'packager-linux-x64'],
  ['linux', 'arm64', 'packager-linux-arm64'],
  ['darwin', 'arm64', 'packager-osx-arm64'],
  ['win32', 'x64', 'packager-win-x64.exe'],
])('the packager of %s/%s is in the package', (platform, arch, name) => {
  const { path, version } = findPackager(platform, arch);
  expect(path.endsWith(`/shaka-packager/bin/${name}`)).toBe(true);
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});
test.each([
  ['freebsd', 'x64'],
  ['win32', 'arm64'],
  ['linux', 'riscv64'],
])('%s/%s has none', (platform, arch) => {
  expect(() => findPackager(platform, arch)).toThrow('CONFIG_INVALID');
});
