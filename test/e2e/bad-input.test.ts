import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { userError } from '../../src/errors/catalogue-error.ts';
import * as hostile from '../support/hostile-files.ts';
import { type Claims, type SentFile, sendFile } from '../support/send-file.ts';
import { startUp, type Up } from '../support/up.ts';
import { processesNaming } from '../support/whole-system.ts';

type Make = () => Buffer | Promise<Buffer>;
const text = (lines: string) => () => Buffer.from(lines);

/** What is refused: the row of the table of bad input, what it is, the code, what the detail says, the file. */
const refused: [row: string, what: string, code: string, says: RegExp, make: Make, claims?: Claims][] = [
  ['B1', 'an empty file', 'INPUT_EMPTY', /0 bytes/, text('')],
  ['B2', 'bytes without any order', 'INPUT_NOT_MEDIA', /no known kind/, () => hostile.noise(300_000)],
  ['B2', 'a page', 'INPUT_NOT_MEDIA', /HTML/, text('<!DOCTYPE html><html><body>404</body></html>')],
  ['B2', 'a zip', 'INPUT_NOT_MEDIA', /ZIP/, hostile.zip],
  [
    'B3',
    'cut short, moov first',
    'INPUT_TRUNCATED',
    /12\.0/,
    async () => hostile.cutAt(await hostile.film({ faststart: true }), 0.5),
  ],
  ['B4', 'cut short, moov last', 'INPUT_TRUNCATED', /moov/, async () => hostile.cutAt(await hostile.film(), 0.5)],
  ['B5', 'zeros in the middle', 'INPUT_DAMAGED', /\d s/, () => hostile.zeroedFilm(0.1)],
  [
    'B7',
    'an HLS playlist',
    'INPUT_PLAYLIST_REFUSED',
    /HLS/,
    text('#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n'),
  ],
  [
    'B7',
    'a DASH manifest',
    'INPUT_PLAYLIST_REFUSED',
    /DASH/,
    text('<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>'),
  ],
  ['B7', 'a concat list', 'INPUT_PLAYLIST_REFUSED', /concat/, text("ffconcat version 1.0\nfile '/etc/passwd'\n")],
  [
    'B7',
    'an SDP',
    'INPUT_PLAYLIST_REFUSED',
    /SDP/,
    text('v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nm=video 5004 RTP/AVP 96\r\n'),
  ],
  ['B8', '15360x15360 pixels', 'INPUT_TOO_LARGE_PIXELS', /15360x15360/, hostile.hugePicture],
  ['B9', '100 hours in 5 MB', 'INPUT_TOO_LONG', /limit is 12\.0 h/, hostile.hundredHours],
  ['B10', 'a GIF bomb', 'INPUT_FORMAT_UNSUPPORTED', /GIF/, hostile.gifBomb],
  ['B13', '26 hours between two pictures', 'INPUT_TOO_LONG', /./, () => hostile.hoursBetween(26)],
  ['B14', 'an absurd table', 'INPUT_DAMAGED', /./, hostile.absurdTable],
  ['B15', 'boxes nested 100,000 deep', 'INPUT_DAMAGED', /./, () => hostile.nestedBoxes(100_000)],
  ['B16', 'sound alone', 'INPUT_NO_VIDEO', /no (moving )?picture|sound/, hostile.soundAlone],
  ['B16', 'sound with a cover', 'INPUT_NO_VIDEO', /cover|still|picture/, hostile.soundWithCover],
  ['B16', 'a still picture', 'INPUT_NO_VIDEO', /PNG/, hostile.stillPicture],
  ['B21', '120 streams', 'INPUT_TOO_MANY_STREAMS', /120/, () => hostile.manyStreams(119)],
  ['B22', 'encrypted', 'INPUT_ENCRYPTED', /encrypted/, hostile.encryptedFilm],
  ['B25', 'another size than declared', 'UPLOAD_SIZE_MISMATCH', /\d+ bytes/, hostile.onePicture, { size: 999_999 }],
  ['B25', 'another checksum', 'UPLOAD_CHECKSUM_MISMATCH', /sha256/, hostile.onePicture, { checksum: '0'.repeat(64) }],
  ['B27', 'Snow', 'INPUT_CODEC_UNSUPPORTED', /snow/, () => hostile.second('avi', ['-c:v', 'snow', '-strict', '-2'])],
  ['B27', 'QuickTime RPZA', 'INPUT_CODEC_UNSUPPORTED', /rpza/, () => hostile.second('mov', ['-c:v', 'rpza'])],
];

/** What is published: the row, what it is, the warnings that it must have, the file, what is claimed of it, its seconds. */
const published: [row: string, what: string, warnings: string[], make: Make, seconds: number, claims?: Claims][] = [
  ['B5', 'a few zeros', ['frames_lost'], () => hostile.zeroedFilm(0.0005), 12],
  ['B11', 'a header that lies on the size', ['size_corrected'], hostile.lyingSize, 1],
  ['B12', 'a header that lies on the duration', ['duration_corrected'], hostile.lyingDuration, 2],
  ['B17', 'no sound', [], () => hostile.second('webm', ['-c:v', 'libvpx', '-b:v', '50k']), 1],
  ['B18', 'one picture', [], hostile.onePicture, 0.04],
  ['B19', 'odd sizes', [], () => hostile.second('mkv', ['-c:v', 'ffv1', '-vf', 'scale=65:37']), 1],
  ['B20', 'a size that changes half-way', ['resolution_changed'], hostile.twoSizes, 4],
  ['B23', 'a live Matroska', [], () => hostile.live('mkv', ['-f', 'matroska', '-live', '1']), 1],
  ['B23', 'a fragmented MP4', [], () => hostile.live('mp4', ['-movflags', 'frag_keyframe+empty_moov']), 1],
  [
    'B24',
    'hostile names',
    [],
    hostile.onePicture,
    0.04,
    { filename: '../../../../tmp/\u001b[2J<b>.mp4', title: '<script>alert(1)</script>\u0000' },
  ],
  ['B26', 'hostile metadata, 10 MB of it', [], hostile.hostileMetadata, 1],
];

let system: Up;
const closers: (() => Promise<void>)[] = [];
const ended = new Map<string, { sent: SentFile; bytes: Buffer }>();

beforeAll(async () => {
  system = await startUp('bad-input', {}, (close) => closers.push(close));
  const waiting = [
    ...refused.map(([row, what, , , make, claims]) => ({ name: `${row} ${what}`, make, claims })),
    ...published.map(([row, what, , make, , claims]) => ({ name: `${row} ${what}`, make, claims })),
    { name: 'B6 flipped', make: () => hostile.flippedFilm(250), claims: undefined },
  ];
  // Two at a time: as many as this machine must have cores, so that what is measured is a file and not a queue.
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const bytes = await next.make();
      ended.set(next.name, { bytes, sent: await sendFile(system, bytes, next.claims) });
    }
  };
  await Promise.all([work(), work()]);
}, 240_000);

afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

function endOf(name: string) {
  const end = ended.get(name);
  if (!end) throw new Error(`${name} was not sent`);
  return end;
}

describe('bad input ends with its code: what, where, what to do', () => {
  test.each(refused)('%s: %s is %s', (row, what, code, says, _, claims) => {
    const { sent, bytes } = endOf(`${row} ${what}`);
    expect(sent.video).toMatchObject({ status: 'failed', hls_url: null, playable: false });
    expect(sent.video.error).toEqual({
      code,
      detail: expect.stringMatching(says),
      hint: expect.stringMatching(/^[A-Z].{10,}[.)]$/),
      operator_hint: userError(code, '', { operator: true }).operator_hint, // the key of local mode is an operator's
      retryable: false,
    });
    expect(sent.seconds).toBeLessThan(10);
    if (bytes.length > 0) expect(sha256(sent.original)).toBe(sha256(bytes));
    if (claims) expect(sent.answer).toMatchObject({ status: 422, body: { code, retryable: false } });
  });
});

describe('odd input is published, and what is odd is said', () => {
  test.each(published)('%s: %s', (row, what, warnings, _, seconds) => {
    const { sent, bytes } = endOf(`${row} ${what}`);
    expect(sent.video).toMatchObject({ status: 'ready', error: null, playable: true });
    expect(sent.video.duration_seconds).toBeCloseTo(seconds, 1);
    const codes = (sent.video.warnings as { code: string }[]).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(warnings));
    expect(sha256(sent.original)).toBe(sha256(bytes));
  });

  test('B6: a film with flipped bits is refused for what it is, or published with what is lost', () => {
    const { sent } = endOf('B6 flipped');
    const { status, error, warnings } = sent.video as {
      status: string;
      error: { code: string } | null;
      warnings: unknown[];
    };
    if (status === 'ready') expect(warnings).not.toEqual([]);
    else expect(error?.code).toMatch(/^INPUT_(DAMAGED|TRUNCATED)$/);
    expect(sent.seconds).toBeLessThan(20);
  });
});

test('names and metadata of strangers are shown as text, and never decide a path', async () => {
  const { video, videoId } = endOf('B24 hostile names').sent;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(`${video.title} ${video.filename}`).not.toMatch(/[\u0000-\u001f]/);
  expect(await readdir(system.storagePath('originals', videoId))).toEqual(['original.mp4']);
});

test('nothing is left: no process, no folder of a job, no upload', async () => {
  const tools = (await processesNaming(system.home)).filter((command) => /ffmpeg|ffprobe|packager/.test(command));
  expect(tools).toEqual([]);
  expect(await readdir(join(system.home, 'work'))).toEqual([]);
});

const sha256 = (bytes: Buffer | null) =>
  createHash('sha256')
    .update(bytes ?? 'nothing')
    .digest('hex');
