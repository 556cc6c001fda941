import { describe, expect, test } from 'vitest';
import { checkPlaylists } from '../../../src/packaging/check-playlists.ts';

const expected = {
  renditions: [
    { rendition: 'h264/240p', kind: 'video' as const },
    { rendition: 'audio/aac_64k', kind: 'audio' as const, sound: { track: 0, isDefault: true } },
  ],
  seconds: 6,
};

/** A package as the packager writes it: 4 s and 2 s of picture and sound. */
function written(): { sizes: Map<string, number>; texts: Map<string, string> } {
  const media = (...lines: string[]) =>
    [
      '#EXTM3U',
      '#EXT-X-TARGETDURATION:4',
      '## by us',
      '#EXT-X-MAP:URI="init.mp4"',
      ...lines,
      '#EXT-X-ENDLIST',
      '',
    ].join('\n');
  const representation = (rendition: string) =>
    `<Representation id="0" codecs="a&amp;b"><SegmentTemplate timescale="10" initialization="${rendition}/init.mp4" media="${rendition}/seg-$Number$.m4s" startNumber="1">
       <SegmentTimeline><S t="0" d="40"/><S t="40" d="20"/></SegmentTimeline></SegmentTemplate></Representation>`;
  const segments = ['#EXTINF:4,', 'seg-1.m4s', '#EXTINF:2.000,', 'seg-2.m4s'];
  const texts = {
    'manifest.m3u8': `#EXTM3U

#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,URI="audio/aac_64k/playlist.m3u8",GROUP-ID="aac_64k",NAME="a, b",DEFAULT=YES
#EXT-X-STREAM-INF:BANDWIDTH=397282,CODECS="avc1.64000d,mp4a.40.2",AUDIO="aac_64k"
h264/240p/playlist.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=13373,URI="h264/240p/iframes.m3u8"
`,
    'manifest.mpd': `<?xml version="1.0"?><!--by <us>--><MPD type="static" mediaPresentationDuration="PT6.01S"><Period id="0">
      <AdaptationSet id="0">${representation('h264/240p')}</AdaptationSet>
      <AdaptationSet id="1"><Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>${representation('audio/aac_64k')}</AdaptationSet></Period></MPD>`,
    'h264/240p/playlist.m3u8': media(...segments),
    'h264/240p/iframes.m3u8': media(
      ...[
        '#EXT-X-I-FRAMES-ONLY',
        '#EXTINF:4,',
        '#EXT-X-BYTERANGE:60@40',
        'seg-1.m4s',
        '#EXTINF:2,',
        '#EXT-X-BYTERANGE:9@0',
        'seg-2.m4s',
      ],
    ),
    'audio/aac_64k/playlist.m3u8': media(...segments),
  };
  const files = ['h264/240p', 'audio/aac_64k'].flatMap((folder) =>
    ['init.mp4', 'seg-1.m4s', 'seg-2.m4s'].map((file) => `${folder}/${file}`),
  );
  return { sizes: new Map(files.map((file) => [file, 100])), texts: new Map(Object.entries(texts)) };
}

test('a whole package gives its renditions, with their files in order', () => {
  expect(checkPlaylists(written(), expected)).toEqual([
    {
      rendition: 'h264/240p',
      kind: 'video',
      init: 'h264/240p/init.mp4',
      segments: ['h264/240p/seg-1.m4s', 'h264/240p/seg-2.m4s'],
    },
    {
      rendition: 'audio/aac_64k',
      kind: 'audio',
      init: 'audio/aac_64k/init.mp4',
      segments: ['audio/aac_64k/seg-1.m4s', 'audio/aac_64k/seg-2.m4s'],
    },
  ]);
});

describe('what does not pass', () => {
  const video = 'h264/240p/playlist.m3u8';
  const iframes = 'h264/240p/iframes.m3u8';
  test.each([
    ['a segment that is missing', 'h264/240p/seg-2.m4s', undefined, 'names seg-2.m4s, which is missing or empty'],
    ['a segment without bytes', 'audio/aac_64k/seg-1.m4s', 0, 'names seg-1.m4s, which is missing or empty'],
    ['an init that is missing', 'h264/240p/init.mp4', undefined, 'names init.mp4, which is missing or empty'],
    ['a picture behind the end of its file', 'h264/240p/seg-1.m4s', 99, 'outside of h264/240p/seg-1.m4s'],
  ])('%s', (_name, path, size, message) => {
    const files = written();
    if (size === undefined) files.sizes.delete(path);
    else files.sizes.set(path, size);
    expect(() => checkPlaylists(files, expected)).toThrow(message);
  });

  test.each<[string, string, string | RegExp, string, string]>([
    ['no master', 'manifest.m3u8', /[\s\S]*/, '', 'manifest.m3u8 is missing or empty'],
    ['no playlist', 'manifest.m3u8', /[\s\S]*/, '<html>', 'does not begin with #EXTM3U'],
    ['a master without a variant', 'manifest.m3u8', /#EXT-X-STREAM.*\n.*\n/, '', 'names the variants none'],
    ['a variant of other sound', 'manifest.m3u8', 'AUDIO="aac_64k"', 'AUDIO="x"', 'has no sound x'],
    ['a variant without its sound', 'manifest.m3u8', ',AUDIO="aac_64k"', '', 'names no sound'],
    ['sounds without a default', 'manifest.m3u8', ',DEFAULT=YES', '', 'the sounds of aac_64k have 0 defaults'],
    ['two sounds of one name', 'manifest.m3u8', /(#EXT-X-MEDIA.*),DEFAULT=YES\n/, '$1\n$&', 'have one name'],
    ['no main sound', 'manifest.mpd', 'value="main"', 'value="dub"', 'has 0 main sounds'],
    ['a variant without a playlist', 'manifest.m3u8', /\nh264.*\n/, '\n', 'is followed by'],
    ['no I-frames', 'manifest.m3u8', /#EXT-X-I-FRAME.*\n/, '', 'names the I-frames none'],
    ['a broken attribute list', 'manifest.m3u8', 'BANDWIDTH=13373', 'BANDWIDTH', 'cannot be read'],
    ['a media playlist that is missing', video, /[\s\S]*/, '', `${video} is missing or empty`],
    ['a media playlist that does not end', video, '#EXT-X-ENDLIST', '', 'does not end'],
    ['a media playlist without init', video, /#EXT-X-MAP.*/, '', 'names no init'],
    ['a media playlist without segments', video, /#EXTINF[\s\S]*m4s/, '', 'has no segments'],
    ['a media playlist that is too short', video, '#EXTINF:4,', '#EXTINF:3.4,', 'is 5.400 s long, not 6.000 s'],
    ['a segment longer than it may be', video, 'DURATION:4', 'DURATION:3', 'longer than its target duration'],
    ['a segment without a length', video, '#EXTINF:4,\n', '', 'has no EXTINF'],
    ['a length that is no number', video, '#EXTINF:4,', '#EXTINF:,', 'is not a number'],
    ['I-frames that do not say so', iframes, '#EXT-X-I-FRAMES-ONLY', '', 'does not say'],
    ['an I-frame without a place', iframes, '#EXT-X-BYTERANGE:60@40\n', '', 'outside of'],
    ['a live MPD', 'manifest.mpd', 'static', 'dynamic', 'is dynamic'],
    ['an MPD of another length', 'manifest.mpd', 'PT6.01S', 'PT1M6S', 'is 66.000 s long'],
    ['an MPD without a length', 'manifest.mpd', 'PT6.01S', 'PT', 'cannot be read'],
    ['an MPD of fewer segments', 'manifest.mpd', '<S t="40" d="20"/>', '', 'do not name the same files'],
    ['an MPD of shorter segments', 'manifest.mpd', 'd="40"', 'd="30"', 'is 5.000 s long'],
    ['an MPD of other files', 'manifest.mpd', '240p/init', '360p/init', 'do not name the same files'],
    ['an MPD that is cut off', 'manifest.mpd', '</Period></MPD>', '', 'is not closed'],
    ['an MPD that is no XML', 'manifest.mpd', '<Period', '<', 'cannot be read'],
    ['an MPD that repeats for ever', 'manifest.mpd', 'd="20"', 'd="20" r="-1"', 'repeated'],
  ])('%s: PACKAGE_INVALID', (_name, path, from, to, message) => {
    const files = written();
    const text = files.texts.get(path) ?? '';
    files.texts.set(path, text.replace(from, to));
    expect(files.texts.get(path)).not.toBe(text);
    expect(() => checkPlaylists(files, expected)).toThrow(`PACKAGE_INVALID`);
    expect(() => checkPlaylists(files, expected)).toThrow(message);
  });
});

test('two tracks of sound in one AdaptationSet do not pass', () => {
  const files = written();
  const master = files.texts.get('manifest.m3u8') ?? '';
  const [sound = ''] = /#EXT-X-MEDIA.*/.exec(master) ?? [];
  const other = sound.replace('aac_64k/', 'aac_64k_2/').replace('a, b', 'c').replace('YES', 'NO');
  files.texts.set('manifest.m3u8', master.replace(sound, `${sound}\n${other}`));
  const mpd = files.texts.get('manifest.mpd') ?? '';
  const from = mpd.lastIndexOf('<Representation ');
  const to = mpd.lastIndexOf('</AdaptationSet>');
  const second = mpd.slice(from, to).replaceAll('aac_64k', 'aac_64k_2');
  files.texts.set('manifest.mpd', mpd.slice(0, to) + second + mpd.slice(to));
  const renditions = [
    ...expected.renditions,
    { rendition: 'audio/aac_64k_2', kind: 'audio' as const, sound: { track: 1, isDefault: false } },
  ];
  files.texts.set('audio/aac_64k_2/playlist.m3u8', files.texts.get('audio/aac_64k/playlist.m3u8') ?? '');
  for (const file of ['init.mp4', 'seg-1.m4s', 'seg-2.m4s']) files.sizes.set(`audio/aac_64k_2/${file}`, 100);
  expect(() => checkPlaylists(files, { ...expected, renditions })).toThrow('has 2 sounds in one set');
});
