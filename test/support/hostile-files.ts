import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipFolder, ffmpeg, makeClip } from './clips.ts';
import { testPackager } from './finish-clip.ts';
import { box, u32 } from './mp4-boxes.ts';

/** Makers of files that no camera writes, each as small as it goes. Each gives the bytes of the whole file. */

const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '2'];
const picture = (seconds: number, size = '64x36') => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=size=${size}:rate=25:duration=${seconds}`,
];
const tone = (seconds: number) => ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`];

let made = 0;

/** What ffmpeg makes with these arguments. */
export async function madeBy(args: string[], extension: string): Promise<Buffer> {
  const path = join(clipFolder(), `hostile-${process.pid}-${made++}.${extension}`);
  await ffmpeg([...args, path]);
  const bytes = await readFile(path);
  await rm(path);
  return bytes;
}

/** 12 s of picture and sound; `moov` stands behind them, or before. */
export const film = async ({ faststart = false } = {}): Promise<Buffer> =>
  readFile(
    await makeClip({
      ...{ name: 'film', seconds: 12, size: '64x36', video: x264, audio: ['-c:a', 'aac', '-b:a', '32k'] },
      output: faststart ? ['-movflags', '+faststart'] : [],
    }),
  );

/** The first part of a file. */
export const cutAt = (bytes: Buffer, share: number): Buffer => bytes.subarray(0, Math.round(bytes.length * share));

/** A film of which a share of the bytes, from its middle on, is zeros. */
export async function zeroedFilm(share: number): Promise<Buffer> {
  const bytes = Buffer.from(await film());
  const from = Math.round(bytes.length * 0.4);
  return bytes.fill(0, from, from + Math.round(bytes.length * share));
}

/** A film with one byte in so many changed, as `zzuf -r` does. */
export async function flippedFilm(one: number): Promise<Buffer> {
  const bytes = Buffer.from(await film({ faststart: true }));
  for (let at = one; at < bytes.length; at += one) bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
  return bytes;
}

/** One VP8 picture whose header, and that of its container, says 15360x15360. */
export async function hugePicture(): Promise<Buffer> {
  const bytes = await madeBy([...picture(0.04, '320x320'), '-c:v', 'libvpx', '-b:v', '50k'], 'webm');
  const frame = bytes.indexOf(Buffer.from([0x9d, 0x01, 0x2a])); // RFC 6386, 9.1: start code, then both sizes
  bytes.writeUInt16LE(15_360, frame + 3);
  bytes.writeUInt16LE(15_360, frame + 5);
  for (const id of [0xb0, 0xba]) bytes.writeUInt16BE(15_360, bytes.indexOf(Buffer.from([id, 0x82, 0x01, 0x40])) + 2);
  return bytes;
}

/** 100 hours in a file of 5 MB: a picture every 100 s, and room that nothing uses. */
export async function hundredHours(): Promise<Buffer> {
  const source = ['-f', 'lavfi', '-i', 'color=black:size=64x36:rate=1/100:duration=360000'];
  const bytes = await madeBy([...source, ...x264], 'mp4');
  return Buffer.concat([bytes, box('free', new Uint8Array(5 * 2 ** 20 - bytes.length))]);
}

/** 65535x65535 pixels of one colour in 40 bytes. */
export const gifBomb = (): Buffer =>
  Buffer.from('474946383961ffffffff800000000000ffffff2c00000000ffffffff0002028401003b', 'hex');

/** A table of two thousand million sizes, of which none is there. */
export async function absurdTable(): Promise<Buffer> {
  const bytes = Buffer.from(await film({ faststart: true }));
  bytes.writeUInt32BE(0x7fffffff, bytes.indexOf('stsz') + 12);
  return bytes;
}

/** `moov` in `moov` in `moov` …, so many of them. */
export function nestedBoxes(depth: number): Buffer {
  const bytes = Buffer.alloc(depth * 8);
  for (let level = 0; level < depth; level++) {
    bytes.writeUInt32BE((depth - level) * 8, level * 8);
    bytes.write('moov', level * 8 + 4, 'latin1');
  }
  return Buffer.concat([box('ftyp', Buffer.from('isom'), u32(512)), bytes]);
}

/** One picture track and so many of sound. */
export const manyStreams = (tracks: number): Promise<Buffer> =>
  madeBy(
    [
      ...[...picture(0.4), ...tone(0.4), ...x264, '-c:a', 'aac', '-b:a', '8k', '-map', '0:v'],
      ...Array.from({ length: tracks }, () => ['-map', '1:a']).flat(),
    ],
    'mkv',
  );

/** A film encrypted (CENC) by shaka-packager. */
export async function encryptedFilm(): Promise<Buffer> {
  const folder = clipFolder();
  const [source, output] = ['source', 'encrypted'].map((name) => `hostile-${process.pid}-${name}.mp4`);
  await writeFile(join(folder, `${source}`), await film());
  const key = '0123456789abcdef0123456789abcdef';
  await (await testPackager()).run(
    [
      `in=${source},stream=video,output=${output}`,
      ...['--enable_raw_key_encryption', '--protection_scheme', 'cenc', '--clear_lead', '0'],
      ...['--keys', `label=:key_id=${key}:key=${key}`],
    ],
    { signal: AbortSignal.timeout(30_000), cwd: folder },
  );
  const bytes = await readFile(join(folder, `${output}`));
  await Promise.all([source, output].map((name) => rm(join(folder, `${name}`))));
  return bytes;
}

/** VP8, whose size stands in its own pictures: 128x72, where its container says 64x36. */
export async function lyingSize(): Promise<Buffer> {
  const bytes = await madeBy([...picture(1, '128x72'), '-c:v', 'libvpx', '-b:v', '50k'], 'webm');
  for (const [id, from, to] of [
    [0xb0, 128, 64],
    [0xba, 72, 36],
  ] as const) {
    bytes.writeUInt8(to, bytes.indexOf(Buffer.from([id, 0x81, from])) + 2);
  }
  return bytes;
}

/** A Matroska whose header says that it lasts ten times as long. */
export async function lyingDuration(): Promise<Buffer> {
  const bytes = await madeBy([...picture(2), ...x264], 'mkv');
  const at = bytes.indexOf(Buffer.from([0x44, 0x89, 0x88])) + 3; // RFC 9559: Duration, a float of 8 bytes
  bytes.writeDoubleBE(bytes.readDoubleBE(at) * 10, at);
  return bytes;
}

/** Two seconds of picture with so many hours between them. */
export const hoursBetween = (hours: number): Promise<Buffer> =>
  madeBy(
    [
      ...[
        '-f',
        'lavfi',
        '-i',
        `testsrc2=size=64x36:rate=25:duration=2,settb=1/25,setpts='N+gte(N,25)*${hours * 3_600 * 25}'`,
      ],
      ...['-vsync', 'passthrough', ...x264],
    ],
    'mkv',
  );

/** Begins with one size of picture, and goes on with another. */
export async function twoSizes(): Promise<Buffer> {
  const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-g', '10'];
  const from = (seconds: number) => ['-muxdelay', '0', '-muxpreload', '0', '-output_ts_offset', `${seconds}`];
  const first = await madeBy([...picture(2), ...x264, ...from(0)], 'ts');
  const joined = join(clipFolder(), `hostile-${process.pid}-joined.ts`);
  await writeFile(joined, Buffer.concat([first, await madeBy([...picture(2, '96x54'), ...x264, ...from(2)], 'ts')]));
  const bytes = await madeBy(['-i', joined, '-c', 'copy', '-video_track_timescale', '12800'], 'mp4');
  await rm(joined);
  return bytes;
}

/** Metadata of a stranger: a page, a NUL, an escape, a way up the tree, and ten million letters. */
export async function hostileMetadata(): Promise<Buffer> {
  const path = join(clipFolder(), `hostile-${process.pid}.ffmetadata`);
  const texts = {
    title: '<script>alert(1)</script>',
    artist: '../../../../etc/passwd',
    album: '\u001b[2J\u0007',
    comment: 'x'.repeat(10_000_000),
  };
  const lines = Object.entries(texts).map(([name, text]) => `${name}=${text.replaceAll(/[=;#\\\n]/g, '\\$&')}`);
  await writeFile(path, `;FFMETADATA1\n${lines.join('\n')}\n`);
  const bytes = await madeBy([...picture(1), '-f', 'ffmetadata', '-i', path, '-map_metadata', '1', ...x264], 'mkv');
  await rm(path);
  bytes.write('\0\0\0', bytes.indexOf('alert'), 'latin1');
  return bytes;
}

/** A second of picture (and sound) with these options, in a container. */
export const second = (extension: string, options: string[] = x264, sound: string[] = []): Promise<Buffer> =>
  madeBy([...picture(1), ...(sound.length > 0 ? tone(1) : []), ...options, ...sound], extension);

/** As a recorder writes it that cannot go back: no duration, no index. */
export const live = (extension: string, options: string[]): Promise<Buffer> => second(extension, [...x264, ...options]);

/** Sound alone; with a picture that is its cover. */
export const soundAlone = (): Promise<Buffer> => madeBy([...tone(1), '-c:a', 'aac'], 'm4a');
export const soundWithCover = (): Promise<Buffer> =>
  madeBy(
    [
      ...[...tone(1), '-f', 'lavfi', '-i', 'color=red:size=64x64:duration=0.04:rate=25'],
      ...[
        '-map',
        '0',
        '-map',
        '1',
        '-c:a',
        'aac',
        '-c:v',
        'mjpeg',
        '-pix_fmt',
        'yuvj420p',
        '-disposition:v',
        'attached_pic',
      ],
    ],
    'm4a',
  );
export const stillPicture = (): Promise<Buffer> => madeBy([...picture(0.04), '-frames:v', '1'], 'png');
export const onePicture = (): Promise<Buffer> => madeBy([...picture(0.04), ...x264], 'mp4');

/** An empty ZIP's end behind one entry: enough for whoever looks. */
export const zip = (): Buffer => Buffer.concat([Buffer.from('504b030414000000', 'hex'), Buffer.alloc(300)]);

/** Bytes without any order. */
export const noise = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (Math.imul(index + 7, 2654435761) >>> 24) & 0xff));
