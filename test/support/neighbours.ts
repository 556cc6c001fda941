import { readFile } from 'node:fs/promises';
import { type ClipOptions, makeClip } from './clips.ts';
import * as hostile from './hostile-files.ts';

/** A file by its name and its bytes. */
export interface NamedFile {
  name: string;
  bytes: Buffer;
}

const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '2'];
const kinds: [container: ClipOptions['container'], more: Partial<ClipOptions>][] = [
  ['mp4', { video: h264 }],
  ['mp4', { video: h264, output: ['-movflags', '+faststart'] }],
  ['mp4', { video: h264, output: ['-movflags', 'frag_keyframe+empty_moov'] }],
  ['mp4', { video: h264, audio: null }],
  ['mov', { video: ['-c:v', 'mjpeg', '-q:v', '9'], output: ['-pix_fmt', 'yuvj420p'] }],
  ['mkv', { video: h264, fps: '30000/1001' }],
  ['webm', {}],
  ['avi', {}],
  ['ts', { video: h264 }],
  ['flv', { video: h264 }],
];

/** Ten good films, each of another kind. */
export async function goodFilms(shape: Pick<ClipOptions, 'seconds' | 'size'>): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  for (const [index, [container, more]] of kinds.entries()) {
    const bytes = await readFile(await makeClip({ name: 'good', container, ...shape, ...more }));
    files.push({ name: `good-${index}.${container}`, bytes });
  }
  return files;
}

/** So many bad files, of every kind in turn. */
export async function badFiles(count: number): Promise<NamedFile[]> {
  const film = await hostile.film();
  const kinds: [name: string, bytes: Buffer][] = [
    ['empty.mp4', Buffer.alloc(0)],
    ['noise.mp4', hostile.noise(300_000)],
    ['page.mp4', Buffer.from('<!DOCTYPE html><html></html>')],
    ['zip.mp4', hostile.zip()],
    ['cut-first.mp4', hostile.cutAt(await hostile.film({ faststart: true }), 0.5)],
    ['cut-last.mp4', hostile.cutAt(film, 0.5)],
    ['zeros.mp4', await hostile.zeroedFilm(0.1)],
    ['flipped.mp4', await hostile.flippedFilm(100)],
    ['list.mp4', Buffer.from('#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n')],
    ['sdp.mp4', Buffer.from('v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\n')],
    ['huge.webm', await hostile.hugePicture()],
    ['long.mp4', await hostile.hundredHours()],
    ['bomb.gif', hostile.gifBomb()],
    ['gap.mkv', await hostile.hoursBetween(26)],
    ['table.mp4', await hostile.absurdTable()],
    ['nested.mp4', hostile.nestedBoxes(100_000)],
    ['sound.m4a', await hostile.soundAlone()],
    ['cover.m4a', await hostile.soundWithCover()],
    ['still.png', await hostile.stillPicture()],
    ['streams.mkv', await hostile.manyStreams(119)],
    ['encrypted.mp4', await hostile.encryptedFilm()],
    ['snow.avi', await hostile.second('avi', ['-c:v', 'snow', '-strict', '-2'])],
    ['rpza.mov', await hostile.second('mov', ['-c:v', 'rpza'])],
    ['front.mp4', film.subarray(1_000)],
    ['page-after.mp4', Buffer.concat([film.subarray(0, 64), Buffer.from('<html>')])],
  ];
  const files = kinds.map(([name, bytes]) => ({ name, bytes }));
  return Array.from({ length: Math.ceil(count / files.length) }, () => files)
    .flat()
    .slice(0, count);
}

/** The smallest film that is published, so many times. */
export async function trivialFilms(count: number): Promise<NamedFile[]> {
  const bytes = await hostile.onePicture();
  return Array.from({ length: count }, () => ({ name: 'trivial.mp4', bytes }));
}

/** One of `few` behind each so many of `many`: all of them come at the same time, and none of the few goes first or last. */
export function mingled<Value>(few: readonly Value[], many: readonly Value[]): Value[] {
  const step = Math.ceil(many.length / Math.max(1, few.length));
  return few.length === 0
    ? [...many]
    : few.flatMap((value, index) => [...many.slice(index * step, (index + 1) * step), value]);
}
