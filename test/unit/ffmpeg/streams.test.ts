import { expect, test } from 'vitest';
import { checkDuration, checkPictureSizes, checkStreamCount } from '../../../src/ffmpeg/check-limits.ts';
import { chooseStreams, isCover } from '../../../src/ffmpeg/choose-streams.ts';
import { parsePicture } from '../../../src/ffmpeg/parse-picture.ts';
import { parseStreams } from '../../../src/ffmpeg/parse-streams.ts';
import { type Policy, standardPolicy } from '../../../src/plan/policy.ts';
import { matrixText } from '../../support/orientations.ts';

const picture = (more: object = {}) => ({
  codec_type: 'video',
  codec_name: 'h264',
  width: 640,
  height: 360,
  time_base: '1/90000',
  ...more,
});
const sound = (more: object = {}) => ({
  codec_type: 'audio',
  codec_name: 'aac',
  channels: 2,
  sample_rate: '48000',
  time_base: '1/48000',
  ...more,
});

/** As ffprobe writes it. */
function fileOf(streams: object[], format: object = {}) {
  const numbered = streams.map((stream, index) => ({ index, ...stream }));
  const named = { format_name: 'mov,mp4', nb_streams: streams.length, duration: '12.5', ...format };
  return parseStreams(JSON.stringify({ programs: [], streams: numbered, format: named }));
}

const policyOf = (mostTracks = 8, audioOnly: Policy['audioOnly'] = 'refuse') => ({
  audioOnly,
  audio: { ...standardPolicy.audio, mostTracks },
});

const chosen = (streams: object[]) => {
  const { video, audio, warnings } = chooseStreams(fileOf(streams), policyOf());
  return { video: video?.index, audio: audio.map(({ index }) => index), warnings: warnings.map(({ code }) => code) };
};

test('numbers come as numbers, and what ffprobe does not know as null', () => {
  const { format, streams } = fileOf([picture({ nb_frames: '300' })], { duration: 'N/A' });
  expect(format).toMatchObject({ duration: null, bit_rate: null });
  expect(streams[0]).toMatchObject({ nb_frames: 300, duration: null });
});

test.each(['', '{}', '{"format":{}}', 'not json'])('what is no description of a file is INPUT_DAMAGED: %j', (json) => {
  expect(() => parseStreams(json)).toThrowError(expect.objectContaining({ code: 'INPUT_DAMAGED' }));
});

test('the largest picture and the most channels are chosen, whatever comes first', () => {
  const streams = [picture({ width: 320, height: 180 }), sound({ channels: 1 }), picture(), sound({ channels: 6 })];
  expect(chosen(streams)).toEqual({ video: 2, audio: [3, 1], warnings: ['stream_chosen'] });
});

test('a default stream goes before a larger one, and the first of equals before the others', () => {
  const standard = { disposition: { default: 1 } };
  const streams = [picture(), picture({ width: 320, height: 180, ...standard }), sound(), sound()];
  expect(chosen(streams)).toMatchObject({ video: 1, audio: [2, 3] });
});

test('covers, thumbnails and unreadable streams are passed over', () => {
  const cover = picture({ codec_name: 'mjpeg', width: 4000, height: 4000, disposition: { attached_pic: 1 } });
  const strange = picture({ codec_name: 'snow', width: 4000, height: 4000 });
  expect(chosen([cover, strange, picture(), sound({ codec_name: 'unknown' })])).toEqual({
    video: 2,
    audio: [],
    warnings: ['stream_chosen', 'audio_unreadable'],
  });
});

test('JPEG beside a film is its cover, flagged or not, where no number of frames says otherwise', () => {
  const jpeg = (more: object) => picture({ codec_name: 'mjpeg', width: 4000, height: 4000, ...more });
  expect(chosen([jpeg({}), picture()])).toMatchObject({ video: 1, warnings: [] });
  expect(chosen([jpeg({ nb_frames: '1' }), picture()])).toMatchObject({ video: 1, warnings: [] });
  expect(chosen([jpeg({ nb_frames: '300' }), picture()])).toMatchObject({ video: 0, warnings: ['stream_chosen'] });
  expect(chosen([jpeg({})])).toMatchObject({ video: 0 });
});

test('the warning of a chosen picture names it', () => {
  const { warnings } = chooseStreams(fileOf([picture({ width: 320, height: 180 }), picture()]), policyOf());
  expect(warnings.map(({ detail }) => detail)).toEqual(['Of 2 video tracks one is used: stream 1, 640x360, h264.']);
});

test('a JPEG of one frame is a cover, once its frames are counted', () => {
  const [jpeg, film] = fileOf([picture({ codec_name: 'mjpeg' }), picture()]).streams;
  if (!jpeg || !film) throw new Error('two streams');
  expect([isCover(jpeg, 1), isCover(jpeg, 2), isCover(film, 1)]).toEqual([true, false, false]);
});

test('sound alone is published where the policy says so, and there is some', () => {
  const cover = picture({ disposition: { attached_pic: 1 } });
  const { video, audio } = chooseStreams(fileOf([cover, sound()]), policyOf(8, 'publish'));
  expect([video, audio.map(({ index }) => index)]).toEqual([null, [1]]);
  const refused = expect.objectContaining({ code: 'INPUT_NO_VIDEO' });
  expect(() => chooseStreams(fileOf([cover]), policyOf(8, 'publish'))).toThrowError(refused);
});

test('a commentary is taken along, and is what plays first only where there is nothing else', () => {
  const comment = (more: object = {}) => sound({ channels: 6, disposition: { default: 1, comment: 1 }, ...more });
  expect(chosen([picture(), comment(), sound(), sound({ channels: 6 })])).toMatchObject({ audio: [3, 1, 2] });
  expect(chosen([picture(), sound({ disposition: { hearing_impaired: 1 } })])).toMatchObject({ audio: [1] });
});

test('of many sound tracks the default one and the first others are taken', () => {
  const file = fileOf([picture(), sound(), sound(), sound(), sound({ channels: 6 })]);
  const { audio, warnings } = chooseStreams(file, policyOf(3));
  expect(audio.map(({ index }) => index)).toEqual([4, 1, 2]);
  expect(warnings.map(({ code }) => code)).toEqual(['audio_tracks_ignored']);
});

test('sound that cannot be read is left out, and the rest taken', () => {
  const { audio, warnings } = chooseStreams(fileOf([picture(), sound({ codec_name: 'qdm2' }), sound()]), policyOf());
  expect(audio.map(({ index }) => index)).toEqual([2]);
  expect(warnings).toEqual([
    { code: 'audio_unreadable', detail: 'The sound (qdm2) cannot be read: 1 of 2 are left out.' },
  ]);
});

test.each([
  ['INPUT_NO_VIDEO', /sound only/, [sound()]],
  ['INPUT_NO_VIDEO', /still picture and sound/, [sound(), picture({ disposition: { attached_pic: 1 } })]],
  ['INPUT_NO_VIDEO', /still picture/, [picture({ codec_name: 'mjpeg', nb_frames: '1' })]],
  ['INPUT_NO_VIDEO', /still picture/, [picture({ codec_name: 'png', nb_frames: '1' })]],
  ['INPUT_NO_VIDEO', /still picture/, [picture({ codec_name: 'png', nb_frames: undefined })]],
  ['INPUT_NO_VIDEO', /neither/, []],
  ['INPUT_CODEC_UNSUPPORTED', /snow/, [picture({ codec_name: 'snow' })]],
  ['INPUT_ENCRYPTED', /encrypted/, [picture({ codec_tag_string: 'encv' })]],
  ['INPUT_ENCRYPTED', /encrypted/, [picture({ tags: { enc_key_id: 'AAAA' } })]],
  ['INPUT_DAMAGED', /size/, [picture({ width: 0, height: 0 })]],
])('%s: %s', (code, detail, streams) => {
  expect(() => chooseStreams(fileOf(streams), policyOf())).toThrowError(
    expect.objectContaining({ code, detail: expect.stringMatching(detail) }),
  );
});

test.each([
  ['as it is', {}, { width: 640, height: 360, rotation: 0 }],
  ['pixel aspect not told', { sample_aspect_ratio: '0:1' }, { width: 640, height: 360 }],
  ['anamorphic PAL', { width: 720, height: 576, sample_aspect_ratio: '64:45' }, { width: 1024, height: 576 }],
  ['NTSC', { width: 720, height: 480, sample_aspect_ratio: '8:9' }, { width: 640, height: 480 }],
  ['a phone upright', { side_data_list: [{ rotation: -90 }] }, { width: 360, height: 640, rotation: 90 }],
  ['a phone upright, told by the tag', { tags: { rotate: '90' } }, { width: 360, height: 640, rotation: 90 }],
  [
    'the matrix goes before the tag',
    { side_data_list: [{}, { rotation: 90 }], tags: { rotate: '90' } },
    { rotation: 270 },
  ],
  ['upside down', { side_data_list: [{ rotation: 180 }] }, { width: 640, height: 360, rotation: 180 }],
  ['both', { sample_aspect_ratio: '2:1', side_data_list: [{ rotation: -90 }] }, { width: 360, height: 1280 }],
])('shown size: %s', (_, stream, expected) => {
  const [parsed] = fileOf([picture(stream)]).streams;
  if (!parsed) throw new Error('one stream');
  expect(parsePicture(parsed)).toMatchObject({ ...expected, warnings: [] });
});

test('what cannot be believed is a warning', () => {
  const [parsed] = fileOf([picture({ sample_aspect_ratio: '1:1000', side_data_list: [{ rotation: -80 }] })]).streams;
  if (!parsed) throw new Error('one stream');
  const shown = parsePicture(parsed);
  expect(shown).toMatchObject({ width: 360, height: 640, rotation: 90 });
  expect(shown.warnings.map(({ code }) => code)).toEqual(['pixel_aspect_ignored', 'rotation_rounded']);
});

const frame = { width: 320, height: 180, pix_fmt: 'yuv420p', interlaced_frame: 0, top_field_first: 0 };

test('the size of the first picture goes before that of the header', () => {
  const [parsed] = fileOf([picture()]).streams;
  if (!parsed) throw new Error('one stream');
  const shown = parsePicture(parsed, { ...frame, sample_aspect_ratio: '2:1', side_data_list: [] });
  expect(shown).toMatchObject({ codedWidth: 320, codedHeight: 180, width: 640, height: 180 });
  expect(shown.warnings.map(({ code }) => code)).toEqual(['size_corrected']);
});

test('an orientation that stands in the bitstream alone is followed, one of the container goes before it', () => {
  const beside = { ...frame, width: 640, height: 360, side_data_list: [{ displaymatrix: matrixText([0, 1, 1, 0]) }] };
  const shown = (stream: object) => {
    const [parsed] = fileOf([picture(stream)]).streams;
    if (!parsed) throw new Error('one stream');
    return parsePicture(parsed, beside);
  };
  expect(shown({})).toMatchObject({ mirrored: true, rotation: 270, width: 360, height: 640 });
  const container = { side_data_list: [{ displaymatrix: matrixText([-1, 0, 0, -1]), rotation: -180 }] };
  expect(shown(container)).toMatchObject({ mirrored: false, rotation: 180, width: 640, height: 360 });
});

const limits = { maxSidePixels: 8192, maxPixels: 40_000_000, maxStreams: 2 };

test.each([
  ['side', [picture({ width: 8193, height: 16 })]],
  ['area', [picture({ width: 8000, height: 8000 })]],
  ['side as shown', [picture({ width: 4100, height: 16, sample_aspect_ratio: '2:1' })]],
  ['side, of a still', [picture({ codec_name: 'mjpeg', nb_frames: '1', width: 15_360, height: 15_360 })]],
  ['side, beside a smaller one', [picture(), picture({ width: 8193, height: 16 })]],
])('a picture over the limit of %s is INPUT_TOO_LARGE_PIXELS', (_, streams) => {
  expect(() => checkPictureSizes(fileOf(streams), limits)).toThrowError(
    expect.objectContaining({ code: 'INPUT_TOO_LARGE_PIXELS' }),
  );
});

test('a cover may have any size', () => {
  const cover = picture({ codec_name: 'mjpeg', width: 9000, height: 9000, disposition: { attached_pic: 1 } });
  expect(() => checkPictureSizes(fileOf([cover, picture()]), limits)).not.toThrow();
});

test('limits are the most that passes', () => {
  const file = fileOf([picture({ width: 8192, height: 4320 }), sound()]);
  expect(() => checkPictureSizes(file, limits)).not.toThrow();
  expect(() => checkStreamCount(file, limits)).not.toThrow();
  expect(() => checkDuration(60, 60)).not.toThrow();
  expect(() => checkStreamCount(file, { ...limits, maxStreams: 1 })).toThrowError(
    expect.objectContaining({ code: 'INPUT_TOO_MANY_STREAMS' }),
  );
  expect(() => checkDuration(61, 60)).toThrowError(expect.objectContaining({ code: 'INPUT_TOO_LONG' }));
});
