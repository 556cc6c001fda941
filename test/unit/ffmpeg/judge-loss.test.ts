import { describe, expect, test } from 'vitest';
import { judgeEnd, judgeLost } from '../../../src/ffmpeg/judge-loss.ts';
import type { LostFrames } from '../../../src/ffmpeg/lost-frames.ts';

const refuse = { onDamage: 'refuse' } as const;
const publish = { onDamage: 'publish' } as const;
const lost = (frames: number, of: number, from = 2.8): LostFrames => ({
  of,
  holes: [{ from, to: from + frames / 25, frames }],
});

describe('frames that are lost', () => {
  test('none: nothing is said', () => expect(judgeLost(null, null, refuse)).toEqual([]));

  test.each([
    [18, 3_600, '18 of 3,600 frames (0.50 %) cannot be decoded: between 2.8 and 3.5 s.'],
    [1, 90_000, '1 of 90,000 frames (0.0011 %) cannot be decoded: at 2.8 s.'],
  ])('%i of %i is a warning, whatever the policy', (frames, of, detail) => {
    for (const policy of [refuse, publish]) {
      expect(judgeLost(lost(frames, of), null, policy)).toEqual([{ code: 'frames_lost', detail }]);
    }
  });

  test('more than 0.5 % is refused, with numbers, or published with a warning', () => {
    const detail = '36 of 3,600 frames (1.0 %) cannot be decoded: between 2.8 and 4.2 s.';
    expect(() => judgeLost(lost(36, 3_600), null, refuse)).toThrowError(
      expect.objectContaining({
        code: 'INPUT_DAMAGED',
        detail,
        facts: expect.objectContaining({ lost: 36, of: 3_600 }),
      }),
    );
    expect(judgeLost(lost(36, 3_600), null, publish)).toEqual([{ code: 'frames_lost', detail }]);
    expect(() => judgeLost(lost(1, 199), null, refuse)).toThrowError();
  });

  test('what a cut leaves of its last group of pictures is no loss, and is none of the frames', () => {
    expect(judgeLost(lost(3, 413, 16.36), 16.52, refuse)).toEqual([]);
    expect(() => judgeLost(lost(3, 413, 16.36), null, refuse)).toThrowError();
    const both = { of: 1_003, holes: [...lost(2, 0).holes, ...lost(1, 0, 39.8).holes] };
    expect(judgeLost(both, 40, refuse)[0]?.detail).toContain('2 of 1,002 frames');
  });
});

describe('an end that is missing', () => {
  const found = { present: 6, told: 12, endsEarly: true, damaged: true };

  test('is refused with what is there, or published with a warning', () => {
    const detail = 'The file ends too early: 6.0 of 12.0 s are present.';
    expect(() => judgeEnd(found, refuse)).toThrowError(
      expect.objectContaining({ code: 'INPUT_TRUNCATED', detail, facts: { presentSeconds: 6, toldSeconds: 12 } }),
    );
    expect(judgeEnd(found, publish)).toEqual([{ code: 'end_missing', detail }]);
  });

  test.each([
    ['up to 0.5 %', { present: 11.95 }, /11\.\d+ of 12\.0 s/],
    ['of a live recording, which tells no duration', { told: null }, /6\.0 s are present/],
  ])('%s: a warning', (_, changes, detail) => {
    const [warning, ...more] = judgeEnd({ ...found, ...changes }, refuse);
    expect(warning).toMatchObject({ code: 'end_missing', detail: expect.stringMatching(detail) });
    expect(more).toEqual([]);
  });

  test.each([
    [
      'bytes, where no demuxer tells',
      { share: 0.5 },
      { told: 6.01, endsEarly: false },
      'it is short; 6.0 s are present.',
    ],
    [
      'seconds, where bytes do not tell how much',
      { share: 0 },
      { endsEarly: false },
      'it is short; 6.0 of 12.0 s are present.',
    ],
    ['seconds, where the demuxer tells too', { share: null }, {}, 'it is short; 6.0 of 12.0 s are present.'],
  ])('is told by %s', (_, short, changes, detail) => {
    const judged = { ...found, ...changes, short: { words: 'it is short', ...short } };
    expect(() => judgeEnd(judged, refuse)).toThrowError(
      expect.objectContaining({ code: 'INPUT_TRUNCATED', detail: `The file ends too early: ${detail}` }),
    );
    expect(judgeEnd(judged, publish)).toMatchObject([{ code: 'end_missing' }]);
  });

  test.each([
    ['only the last packet of the sound', { present: 4, told: 4.09 }, 'it is short; 4.0 of 4.1 s are present.'],
    ['what nobody sees in the numbers', { present: 4, told: 4.04 }, 'it is short; 4.0 s are present.'],
    [
      'sound behind the picture',
      { present: 12, told: 12, sound: { present: 13.35, told: 14.02 } },
      'it is short; 12.0 s of the picture are present, and 13.3 of 14.0 s of the sound.',
    ],
  ])('%s is missing: a warning', (_, changes, detail) => {
    for (const share of [0, null]) {
      const judged = judgeEnd({ ...found, ...changes, short: { words: 'it is short', share } }, refuse);
      expect(judged).toMatchObject([{ code: 'end_missing' }]);
      if (share === null) expect(judged[0]?.detail).toBe(`The file ends too early: ${detail}`);
      expect(judged[0]?.detail).not.toMatch(/ (\S+) of \1 s/);
    }
  });

  test.each([
    [0.4, 'INPUT_DAMAGED'],
    [0.004, null],
  ])('fragments that break off, with %d of the bytes behind', (share, code) => {
    const short = { words: 'they break off at byte 7', share, chain: 'broken' } as const;
    const broken = { ...found, told: null, endsEarly: false, damaged: false, short };
    const detail = 'Nothing can be read behind 6.0 s: they break off at byte 7.';
    if (code) expect(() => judgeEnd(broken, refuse)).toThrowError(expect.objectContaining({ code, detail }));
    else expect(judgeEnd(broken, refuse)).toEqual([{ code: 'end_missing', detail }]);
    expect(judgeEnd(broken, publish)).toEqual([{ code: 'end_missing', detail }]);
  });

  test('a length that lies is no missing end where all pictures are there', () => {
    const lie = {
      ...found,
      present: 12,
      endsEarly: false,
      damaged: false,
      short: { words: 'it is short', share: null },
    };
    expect(judgeEnd(lie, refuse)).toEqual([]);
  });

  test('behind damage nothing more may be found', () => {
    const behind = { ...found, endsEarly: false };
    const detail = 'Nothing can be read behind 6.0 s: 6.0 of 12.0 s are present.';
    expect(() => judgeEnd(behind, refuse)).toThrowError(expect.objectContaining({ code: 'INPUT_DAMAGED', detail }));
    expect(judgeEnd(behind, publish)).toEqual([{ code: 'end_missing', detail }]);
  });

  test.each([
    ['without a word of the demuxer the file says what it likes', { endsEarly: false, damaged: false }],
    ['the sound goes on a little longer', { endsEarly: false, present: 11.2 }],
    ['nothing is told', { endsEarly: false, told: null }],
  ])('%s: nothing is said', (_, changes) => expect(judgeEnd({ ...found, ...changes }, refuse)).toEqual([]));
});
