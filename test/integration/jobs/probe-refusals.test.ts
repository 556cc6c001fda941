import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inputArgs } from '../../../src/ffmpeg/input-args.ts';
import { probe } from '../../../src/jobs/probe.job.ts';
import { ffmpeg, makeClip } from '../../support/clips.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';

let context: TestContext;
let folder: string;
let requests = 0;
const server = createServer((_, response) => {
  requests += 1;
  response.end();
});
let address: string;

beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), 'reelmill-bad-'));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret.ts`;
});
afterAll(async () => {
  server.close();
  await context.close();
  await rm(folder, { recursive: true });
});

/** Refuses in well under 10 s, commits nothing, keeps the original. */
async function expectRefusal(path: string, code: string, detail: RegExp, limits = {}): Promise<void> {
  const payload = await context.addVideo(path, 'holiday.mp4');
  const given = await context.context(payload);
  const began = Date.now();
  await expect(probe.run({ ...given, limits: { ...given.limits, ...limits } })).rejects.toMatchObject({
    code,
    permanent: true,
    detail: expect.stringMatching(detail),
  });
  expect(Date.now() - began).toBeLessThan(10_000);
  expect(context.artefacts(payload.runId)).toEqual([]);
  const { originalKey } = await given.videos.source(payload.videoId);
  expect(await readFile(given.storage.localPath(originalKey) ?? '')).toEqual(await readFile(path));
}

async function file(bytes: string | Uint8Array): Promise<string> {
  const path = join(folder, `${Math.random()}.mp4`);
  await writeFile(path, bytes);
  return path;
}

const noise = Uint8Array.from({ length: 200_000 }, (_, index) => (Math.imul(index + 7, 2654435761) >>> 24) & 0xff);

test.each([
  ['an empty file', 'INPUT_EMPTY', '', /0 bytes/],
  ['random bytes', 'INPUT_NOT_MEDIA', noise, /no known kind/],
  ['zeros', 'INPUT_NOT_MEDIA', new Uint8Array(100_000), /zeros/],
  ['a web page', 'INPUT_NOT_MEDIA', '<!DOCTYPE html><html><body>404</body></html>', /HTML/],
  ['a ZIP archive', 'INPUT_NOT_MEDIA', 'PK\x03\x04\x14\x00video.mp4', /ZIP/],
  ['a GIF', 'INPUT_FORMAT_UNSUPPORTED', 'GIF89a\x01\x00\x01\x00', /GIF/],
  ['boxes with nothing in them', 'INPUT_TRUNCATED', '\x00\x00\x00\x10ftypisom\x00\x00\x00\x00', /moov/],
])('%s is %s', async (_, code, bytes, detail) => {
  await expectRefusal(await file(bytes), code, detail);
});

test.each([
  ['HLS', () => `#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n${address}\n#EXT-X-ENDLIST\n`],
  ['HLS of local files', () => '#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n'],
  ['a concat list', () => `ffconcat version 1.0\nfile '${address}'\n`],
  ['DASH', () => `<?xml version="1.0"?>\n<MPD><BaseURL>${address}</BaseURL></MPD>`],
  ['SDP', () => 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 5004 RTP/AVP 96\n'],
])('%s disguised as .mp4 is refused, and nothing else is opened: INPUT_PLAYLIST_REFUSED', async (_, playlist) => {
  const path = await file(playlist());
  await expectRefusal(path, 'INPUT_PLAYLIST_REFUSED', /playlist|list|manifest|description/);
  // Were it not sniffed, it would be refused all the same.
  for (const demuxer of ['mov', 'hls', 'concat', 'dash', 'sdp']) {
    const opened = ffmpeg([...inputArgs({ path, demuxer }), '-f', 'null', '-']);
    await expect(opened).rejects.toMatchObject({ code: 'PROCESS_FAILED' });
  }
  expect(requests).toBe(0);
});

test('sound alone, with or without a cover, is no video: INPUT_NO_VIDEO', async () => {
  const sound = join(folder, 'sound.m4a');
  await ffmpeg(['-f', 'lavfi', '-i', 'sine=d=2', '-c:a', 'aac', sound]);
  await expectRefusal(sound, 'INPUT_NO_VIDEO', /sound only/);
  const covered = join(folder, 'covered.m4a');
  const cover = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:d=0.04'];
  const streams = ['-map', '0', '-map', '1', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-disposition:v', 'attached_pic'];
  await ffmpeg(['-i', sound, ...cover, ...streams, '-f', 'mp4', covered]);
  await expectRefusal(covered, 'INPUT_NO_VIDEO', /still picture and sound/);
});

test('a still picture is no video', async () => {
  const picture = join(folder, 'picture.png');
  await ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=s=64x64', '-frames:v', '1', picture]);
  await expectRefusal(picture, 'INPUT_NO_VIDEO', /PNG/);
});

test('a picture over the limit is refused by side and by area: INPUT_TOO_LARGE_PIXELS', async () => {
  const wide = await makeClip({ seconds: 0.2, size: '8400x16', audio: null });
  await expectRefusal(wide, 'INPUT_TOO_LARGE_PIXELS', /8400x16/);
  const small = await makeClip({ seconds: 0.2, size: '320x180', audio: null });
  await expectRefusal(small, 'INPUT_TOO_LARGE_PIXELS', /320x180/, { maxPixels: 320 * 180 - 1 });
});

test('a still picture over the limit is refused for its size', async () => {
  const huge = join(folder, 'huge.mov');
  await ffmpeg(['-f', 'lavfi', '-i', 'color=s=9000x64:r=1:d=1', '-c:v', 'mjpeg', '-frames:v', '1', huge]);
  await expectRefusal(huge, 'INPUT_TOO_LARGE_PIXELS', /9000x64/);
});

test('a video over the limit of time is refused, also while it is remuxed: INPUT_TOO_LONG', async () => {
  const long = { seconds: 30, size: '64x36', fps: 50, audio: null };
  await expectRefusal(await makeClip(long), 'INPUT_TOO_LONG', /limit/, { maxDurationSeconds: 20 });
  const ts = await makeClip({ ...long, container: 'ts' as const });
  await expectRefusal(ts, 'INPUT_TOO_LONG', /limit/, { maxDurationSeconds: 20 });
});

test('too many streams are refused: INPUT_TOO_MANY_STREAMS', async () => {
  const many = await makeClip({ seconds: 1, output: ['-map', '0', '-map', '1', '-map', '1', '-map', '1'] });
  await expectRefusal(many, 'INPUT_TOO_MANY_STREAMS', /holds 4 streams; the limit is 3/, { maxStreams: 3 });
});

test('a codec outside the list is refused by its name: INPUT_CODEC_UNSUPPORTED', async () => {
  const video = ['-c:v', 'snow', '-strict', '-2', '-b:v', '200k'];
  await expectRefusal(await makeClip({ seconds: 1, container: 'mkv', video }), 'INPUT_CODEC_UNSUPPORTED', /snow/);
});

test('a strange stream beside the video is left out', async () => {
  const source = await makeClip({ seconds: 2 });
  const path = join(folder, 'strange.mkv');
  const strange = ['-f', 'lavfi', '-i', 'testsrc2=s=64x36:d=2', '-c', 'copy', '-c:v:1', 'snow', '-strict', '-2'];
  await ffmpeg(['-i', source, ...strange, '-map', '0', '-map', '1', path]);
  const payload = await context.addVideo(path);
  await probe.run(await context.context(payload));
  const found = context.probe(payload.runId);
  expect(found?.source.remuxed).toBe(true);
  expect(found?.video).toMatchObject({ codec: 'h264', width: 320, height: 180 });
  expect(found?.durationSeconds).toBeCloseTo(2, 1);
  expect(found?.warnings.map((warning) => warning.code)).toEqual(['stream_chosen', 'remuxed']);
});

test.each([
  ['moov last', [], /moov/],
  ['moov first', ['-movflags', '+faststart'], /\d+\.\d of 12\.0 s/],
])('a file cut short (%s) is INPUT_TRUNCATED', async (_, output, detail) => {
  const whole = await readFile(await makeClip({ seconds: 12, output, video: ['-c:v', 'libx264', '-g', '25'] }));
  const path = await file(whole);
  await truncate(path, Math.floor(whole.length / 2));
  await expectRefusal(path, 'INPUT_TRUNCATED', detail);
});

test('an encrypted picture is refused: INPUT_ENCRYPTED', async () => {
  const key = '00112233445566778899aabbccddeeff';
  const encryption = ['-encryption_scheme', 'cenc-aes-ctr', '-encryption_key', key, '-encryption_kid', key];
  await expectRefusal(await makeClip({ seconds: 1, output: encryption }), 'INPUT_ENCRYPTED', /encrypted/);
});
