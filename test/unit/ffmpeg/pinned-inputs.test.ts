import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as audio from '../../../src/ffmpeg/audio-args.ts';
import { alphaArgs } from '../../../src/ffmpeg/detect-alpha.ts';
import { encodeArgs } from '../../../src/ffmpeg/encode-args.ts';
import { decoders, demuxers, soundDemuxers } from '../../../src/ffmpeg/formats.ts';
import { idetArgs } from '../../../src/ffmpeg/idet.ts';
import { inputArgs, undecodedArgs } from '../../../src/ffmpeg/input-args.ts';
import { spanArgs } from '../../../src/ffmpeg/looked-spans.ts';
import * as probe from '../../../src/ffmpeg/probe-args.ts';
import { remuxArgs } from '../../../src/ffmpeg/remux-args.ts';
import { soundArgs } from '../../../src/ffmpeg/sound-facts.ts';
import { firstPictureArgs, thumbnailArgs } from '../../../src/ffmpeg/thumbnail-args.ts';
import { planEncode } from '../../../src/plan/plan-encode.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { constantIndex, probeOf } from '../../support/plan-inputs.ts';

const path = '/srv/a:b,c.bin';
const input = { path, demuxer: 'matroska' };
const tools = { fpsModeOption: '-fps_mode' } as const;
const timeBase = { numerator: 1, denominator: 90_000 };
const index = constantIndex({ timeBase, ticksPerFrame: 3_600, frames: 300, start: 0, keyframeEvery: 50 });
const plan = planEncode(probeOf({ video: { streamIndex: 0, frameRate: 25 } }), index, standardPolicy);
const { picture, thumbnails, segments } = plan;
const [segment] = segments;
if (!picture || !thumbnails || !segment) throw new Error('the plan has all of them');
const source = { ...plan.source, demuxer: 'matroska' };
const sound = {
  source: input,
  audio: {
    ...{ streamIndex: 1, language: null, title: null, isDefault: true, startSeconds: 0, durationSeconds: 9 },
    ...{ tracks: [{ name: 'aac_64k', codec: 'aac' as const, bitrateKbps: 64 }], targetLufs: -16, truePeakDb: -1.5 },
  },
  facts: {
    gaps: [],
    packets: 9,
    endSeconds: 9,
    channels: 2,
    unclean: false,
    startSeconds: 0,
    lateSeconds: 0,
    holes: [],
  },
};
const span = { seconds: null, pictures: 9 };
const sheets = {
  ...{ sourcePath: path, source, picture, thumbnails, decoded: 'all' as const },
  ...{ poster: { width: 16, height: 16, path: '/p.jpg' }, sheetPattern: '/s-%d.jpg' },
};
const { streams } = {
  streams: [{ index: 0, codec_name: 'h264' }] as unknown as [Parameters<typeof remuxArgs>[0]['video']],
};

/** Every builder of arguments under src/ffmpeg, by its name. One that is not here fails below. */
const calls: Record<string, string[]> = {
  inputArgs: inputArgs(input),
  undecodedArgs: undecodedArgs(input),
  streamsArgs: probe.streamsArgs(input),
  headerArgs: probe.headerArgs(input),
  packetsArgs: probe.packetsArgs(input, 0),
  framesArgs: probe.framesArgs(input, 0),
  firstFrameArgs: probe.firstFrameArgs(input, 0),
  spanArgs: spanArgs(input, 0, span, 'null'),
  idetArgs: idetArgs(input, 0, span),
  alphaArgs: alphaArgs(input, 0, span),
  soundArgs: soundArgs(input, 0),
  remuxArgs: remuxArgs({ input, video: streams[0], audio: [] }, '/out.mp4'),
  encodeArgs: encodeArgs(
    { sourcePath: path, source, picture, segment, rungs: plan.rungs, outputPath: () => '/o' },
    tools,
  ),
  thumbnailArgs: thumbnailArgs(sheets, tools),
  firstPictureArgs: firstPictureArgs(sheets, tools),
  measureArgs: audio.measureArgs(sound),
  steadyArgs: audio.steadyArgs(sound, '/out.mka'),
  audioArgs: audio.audioArgs(sound, { gainDb: 0, ceilingDb: null }, () => '/o'),
  measureMadeArgs: audio.measureMadeArgs(path),
};
/** These open no file. */
const withoutInput = ['silenceArgs', 'pictureInputArgs'];
/** These decode nothing. */
const undecoded = ['undecodedArgs', 'headerArgs'];

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));

test('every builder of arguments is held to it', () => {
  const built = filesOf('src/ffmpeg').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^export (?:const|function) (\w+Args)\b/gm)].map(([, name]) => name),
  );
  expect(built.sort()).toEqual([...Object.keys(calls), ...withoutInput].sort());
});

test('nobody else names an input, but for pictures and sounds that ffmpeg makes itself', () => {
  const naming = filesOf('src').filter((file) => /['"`]-i['"`]/.test(readFileSync(file, 'utf8')));
  for (const file of naming.filter((file) => !file.endsWith('input-args.ts'))) {
    const text = readFileSync(file, 'utf8');
    expect([file, text.match(/'-i', /g)?.length]).toEqual([file, text.match(/'-f', 'lavfi', '-i', /g)?.length]);
  }
  expect(naming).toContain(join('src', 'ffmpeg', 'input-args.ts'));
});

describe.each(Object.entries(calls))('%s', (name, args) => {
  test('opens one local file, by its demuxer, with nothing but what is on the lists', () => {
    const at = args.indexOf('-i');
    expect(args.lastIndexOf('-i')).toBe(at);
    expect(args[at + 1]).toBe(`file:${path}`);
    const before = args.slice(0, at);
    const option = (option: string) => {
      expect(before.filter((word) => word === option).length, option).toBe(1);
      return before[before.indexOf(option) + 1];
    };
    expect(option('-f')).toMatch(/^(?:matroska|mov)$/);
    expect(option('-protocol_whitelist')).toBe('file');
    expect(option('-format_whitelist')).toBe([...demuxers, ...soundDemuxers].join());
    if (undecoded.includes(name)) expect(before).not.toContain('-codec_whitelist');
    else expect(option('-codec_whitelist')).toBe(decoders.join());
  });

  test('allows no way out of the file', () => {
    const words = args.join(' ');
    expect(words).not.toMatch(
      /enable_drefs|use_absolute_path|allowed_extensions|https?:|concat:|subfile|-f lavfi|movie=|subtitles=/,
    );
  });
});

test('no demuxer on the list is one that opens other files', () => {
  const openers = [
    'hls',
    'dash',
    'concat',
    'sdp',
    'rtsp',
    'image2',
    'imf',
    'vobsub',
    'ffmetadata',
    'webm_dash_manifest',
  ];
  expect([...demuxers, ...soundDemuxers].filter((name) => openers.includes(name))).toEqual([]);
});
