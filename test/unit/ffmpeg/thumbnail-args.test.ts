import { describe, expect, test } from 'vitest';
import { firstPictureArgs, picturesToDecode, thumbnailArgs } from '../../../src/ffmpeg/thumbnail-args.ts';
import { pictureOf } from '../../support/picture-of.ts';
import { constantIndex } from '../../support/plan-inputs.ts';

describe('what is decoded', () => {
  const timeBase = { numerator: 1, denominator: 90_000 };
  const source = (keyframeEvery: number, frameRate: number | null = 25) => {
    const index = constantIndex({ timeBase, ticksPerFrame: 3_600, frames: 500, start: 126_000, keyframeEvery });
    return [index, { start: 126_000, frameRate }] as const;
  };
  const plan = { count: 10, intervalSeconds: 2 };
  test.each([
    ['a keyframe at each time', 50, 'keyframes'],
    ['a keyframe every second', 25, 'keyframes'],
    ['keyframes at most 0.48 s before', 12, 'keyframes'],
    ['a keyframe in every span, off the times', 47, 'keyframes'],
    ['keyframes that miss a span', 65, 'references'],
    ['long GOPs', 250, 'references'],
  ])('%s', (_name, keyframeEvery, expected) => {
    expect(picturesToDecode(...source(keyframeEvery), plan)).toBe(expected);
  });
  test('all, where the index cannot be trusted, the rate is not known, or pictures are far apart', () => {
    const [index, at] = source(250);
    expect(picturesToDecode({ ...index, trustworthy: false }, at, plan)).toBe('all');
    expect(picturesToDecode(...source(250, null), plan)).toBe('all');
    expect(picturesToDecode(...source(250, 10), plan)).toBe('all');
  });
  test('not by keyframes where there are none', () => {
    const [index, at] = source(50);
    expect(
      picturesToDecode({ ...index, keyframes: { pts: new Float64Array(), dts: new Float64Array() } }, at, plan),
    ).toBe('references');
  });
});

describe('the arguments', () => {
  const work = {
    sourcePath: '/in.mp4',
    source: { demuxer: 'mov', streamIndex: 2, timeBase: { numerator: 1, denominator: 12_800 }, start: -512 },
    picture: pictureOf(),
    thumbnails: { posterSeconds: 2.1, intervalSeconds: 2, count: 11, width: 160, height: 90, columns: 10, rows: 2 },
    decoded: 'references' as const,
    poster: { width: 1280, height: 720, path: '/job/poster.jpg' },
    sheetPattern: '/job/sprite-%d.jpg',
  };
  const graphOf = (args: string[]) => args[args.indexOf('-filter_complex') + 1] ?? '';
  test('sheets and poster come from one decode of the fewest pictures, by one thread', () => {
    const args = thumbnailArgs(work, { fpsModeOption: '-vsync' });
    expect(args.filter((arg) => arg === '-i')).toHaveLength(1);
    expect(args.slice(0, args.indexOf('-i')).join(' ')).toContain('-threads 1 -skip_frame noref -noautorotate');
    expect(graphOf(args)).toContain('[0:2]setpts=PTS-(-512),split=3');
    expect(graphOf(args)).toContain(
      '[pictures]null,fps=1000/2000:start_time=0:round=up,tpad=start_mode=clone:stop_mode=clone:stop=11,trim=end_frame=11',
    );
    expect(graphOf(args)).toMatch(
      /scale=160:90:[^,]*:out_color_matrix=bt601:out_range=pc,format=yuvj420p,setsar=1,tile=10x2\[sheets\]/,
    );
    expect(graphOf(args)).toMatch(/\[posters\]trim=start=2\.1,.*scale=1280:720.*blackframe/);
  });
  test('where all the rest is black the poster is the first picture', () => {
    const graph = graphOf(firstPictureArgs(work, { fpsModeOption: '-fps_mode' }));
    expect(graph).toMatch(/^\[0:2\]setpts=PTS-\(-512\),trim=start=0,trim=end_frame=1,scale=1280:720:.*\[poster\]$/);
  });
});
