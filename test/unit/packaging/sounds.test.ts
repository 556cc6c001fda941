import { describe, expect, test } from 'vitest';
import { nameSoundsInDash, nameSoundsInHls } from '../../../src/packaging/name-sounds.ts';
import { audioGroups } from '../../../src/packaging/packager-args.ts';
import { parseMaster } from '../../../src/packaging/parse-m3u8.ts';
import { parseMpd } from '../../../src/packaging/parse-mpd.ts';
import { soundsOf } from '../../../src/packaging/sounds.ts';
import { planAudio } from '../../../src/plan/audio-plan.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { cappedCrf } from '../../../src/plan/rate-control.ts';

type Said = [language: string | null, title?: string | null];

/** The plan of so many tracks, the first one the default. */
const planOf = (tracks: Said[]) =>
  planAudio(
    tracks.map(([language, title = null], position) => ({
      ...{ streamIndex: position + 1, codec: 'aac', channels: 2, sampleRate: 48_000 },
      ...{ language, title, isDefault: position === 0 },
    })),
    { startSeconds: 0, durationSeconds: 8 },
    standardPolicy,
  ).audio;
const namesOf = (...tracks: Said[]) =>
  soundsOf(planOf(tracks))
    .filter(({ group }) => group === 'aac_128k')
    .map(({ name }) => name);

describe('a sound is called', () => {
  test.each<[string, Said[], string[]]>([
    ['by the language’s own name', [['de'], ['fr'], ['pt-BR']], ['Deutsch', 'Français', 'Português (Brasil)']],
    ['Sound, where nothing is known', [[null]], ['Sound']],
    ['by a number, where nothing is known of several', [[null], [null], [null]], ['Sound', 'Sound 2', 'Sound 3']],
    ['by its title, where no language is known', [[null, 'Live mix'], ['en']], ['Live mix', 'English']],
    [
      'with its title, where a language comes twice',
      [['en'], ['en', 'Commentary']],
      ['English', 'English (Commentary)'],
    ],
    [
      'by a number, where the titles are the same',
      [
        ['en', 'A'],
        ['en', 'A'],
      ],
      ['English (A)', 'English (A) 2'],
    ],
    ['by its tag, where nobody knows it', [['qaa'], ['not a tag']], ['Qaa', 'not a tag']],
    ['without what a playlist cannot hold', [[null, ' "a"\n\u0007#EXTINF, b ']], ['a #EXTINF, b']],
    ['in 80 letters', [[null, 'x'.repeat(10_000)]], ['x'.repeat(80)]],
  ])('%s', (_name, tracks, expected) => {
    expect(namesOf(...tracks)).toEqual(expected);
  });
});

test('each bitrate is a group of all languages, and pictures are paired with groups', () => {
  const audio = planOf([['en'], ['de']]);
  expect(soundsOf(audio).map(({ rendition, group }) => [rendition, group])).toEqual([
    ['audio/aac_128k', 'aac_128k'],
    ['audio/aac_64k', 'aac_64k'],
    ['audio/aac_128k_2', 'aac_128k'],
    ['audio/aac_64k_2', 'aac_64k'],
  ]);
  const rungs = [{ ...rung, name: '240p', rateControl: cappedCrf(23, 400, 800) }, rung];
  expect(audioGroups({ audio, rungs })).toEqual({ 'h264/240p': 'aac_64k', 'h264/720p': 'aac_128k' });
});
const rung = {
  ...{ name: '720p', codec: 'h264' as const, encoder: 'libx264' as const, width: 1280, height: 720 },
  ...{ rateControl: cappedCrf(23, 3_000, 6_000), preset: 'medium', profile: 'high', level: '3.1' },
};

test('the default plays first, another language is a dub, the same one again is for who asks', () => {
  const told = soundsOf(planOf([['en'], ['de'], ['en', 'Commentary'], [null]]));
  expect(told.filter(({ group }) => group === 'aac_64k')).toMatchObject([
    { isDefault: true, autoselect: true, role: 'main' },
    { isDefault: false, autoselect: true, role: 'dub' },
    { isDefault: false, autoselect: false, role: 'alternate' },
    { isDefault: false, autoselect: false, role: 'alternate' },
  ]);
});

const sounds = soundsOf(planOf([['de'], [null, 'R & D, <live>']]));

test('in HLS every rendition of sound has its name, its language and its flags', () => {
  const written = (name: string) =>
    `#EXT-X-MEDIA:TYPE=AUDIO,URI="audio/${name}/playlist.m3u8",GROUP-ID="aac_64k",NAME="sound-0",DEFAULT=NO,CHANNELS="2"`;
  const named = nameSoundsInHls(['#EXTM3U', written('aac_64k'), written('aac_64k_2'), ''].join('\n'), sounds);
  expect(parseMaster(named).media.map(({ attributes }) => attributes)).toEqual([
    {
      ...{ TYPE: 'AUDIO', URI: 'audio/aac_64k/playlist.m3u8', 'GROUP-ID': 'aac_64k', LANGUAGE: 'de', NAME: 'Deutsch' },
      ...{ DEFAULT: 'YES', AUTOSELECT: 'YES', CHANNELS: '2' },
    },
    {
      ...{ TYPE: 'AUDIO', URI: 'audio/aac_64k_2/playlist.m3u8', 'GROUP-ID': 'aac_64k', NAME: 'R & D, <live>' },
      ...{ DEFAULT: 'NO', AUTOSELECT: 'NO', CHANNELS: '2' },
    },
  ]);
});

test('in DASH every AdaptationSet of sound has its language and its name', () => {
  const set = (id: number, label: string) =>
    `<AdaptationSet id="${id}" contentType="audio">
      <Role value="main"/>${label}<Representation><SegmentTemplate timescale="1" initialization="a" media="$Number$">
      <SegmentTimeline><S d="8"/></SegmentTimeline></SegmentTemplate></Representation></AdaptationSet>`;
  const mpd = `<MPD type="static" mediaPresentationDuration="PT8S"><Period>${[
    ...[set(0, ''), set(1, '<Label>sound-0</Label>'), set(2, '<Label>sound-1</Label>'), set(3, '<Label>x</Label>')],
  ].join('')}</Period></MPD>`;
  const named = nameSoundsInDash(mpd, sounds);
  expect(parseMpd(named).representations.map(({ set: { language } }) => language)).toEqual([null, 'de', 'und', null]);
  expect(named.match(/<Label>.*?<\/Label>/g)).toEqual([
    '<Label>Deutsch</Label>',
    '<Label>R &amp; D, &lt;live&gt;</Label>',
    '<Label>x</Label>',
  ]);
});
