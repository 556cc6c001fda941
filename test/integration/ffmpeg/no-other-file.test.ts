import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inputArgs } from '../../../src/ffmpeg/input-args.ts';
import { sniffFile } from '../../../src/ffmpeg/open-source.ts';
import { packetsArgs, streamsArgs } from '../../../src/ffmpeg/probe-args.ts';
import { createFfmpeg, type Ffmpeg } from '../../../src/ffmpeg/run-ffmpeg.ts';
import { createLog } from '../../../src/log.ts';
import { bytesOf } from '../../support/byte-source.ts';
import { builds, ffmpeg as makeWith } from '../../support/clips.ts';
import { box, fullBox, join as joined, u16, u32 } from '../../support/mp4-boxes.ts';
import { replaceBox } from '../../support/replace-box.ts';

const secret = 'CANARY! ';
let folder: string;
let plain: Buffer;
let requests = 0;
const server = createServer((_, response) => {
  requests += 1;
  response.end(secret.repeat(100));
});
let address: string;

/** One raw picture of 16x16, 768 bytes, whose place in the file is the same in whatever file it is looked for. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-other-'));
  const path = join(folder, 'plain.mov');
  const picture = ['-f', 'lavfi', '-i', 'color=black:s=16x16:r=1:d=1', '-pix_fmt', 'rgb24', '-c:v', 'rawvideo'];
  await makeWith([...picture, '-frames:v', '1', path]);
  plain = await readFile(path);
  await writeFile(join(folder, 'canary.bin'), secret.repeat(1_000));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/canary.bin`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const dref = (entry: Uint8Array) => fullBox('dref', 0, 0, u32(1), entry);
const withReference = (entry: Uint8Array) =>
  replaceBox(plain, ['moov', 'trak', 'mdia', 'minf', 'dinf', 'dref'], dref(entry));

/** An alias record as QuickTime wrote them (Inside Macintosh: Files, "Alias Records"), which leads to a file by its whole path and from here. */
function alias(path: string, name: string): Uint8Array {
  const padded = (text: string, length: number) =>
    joined(new Uint8Array([text.length]), bytesOf(text.padEnd(length, '\0')));
  const entry = (type: number, text: string) =>
    joined(u16(type, text.length), bytesOf(text.length % 2 === 1 ? `${text}\0` : text));
  return fullBox(
    'alis',
    0,
    0,
    new Uint8Array(10),
    padded('V', 27),
    new Uint8Array(12),
    padded(name, 63),
    new Uint8Array(16),
    u16(1, 1), // levels up from the alias, and down to the target: beside it
    new Uint8Array(16),
    entry(0, 'folder'),
    entry(2, `V${path.replaceAll('/', ':')}`),
    u16(0xffff, 0),
  );
}

const subtitles = () => {
  const list = `#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n${address}\n#EXT-X-ENDLIST\n`;
  return joined(bytesOf('GAB2\0\x02\0\0\0\0\0\x04\0'), le32(list.length), bytesOf(list));
};
const le32 = (value: number) => u32(value).reverse();
const chunk = (name: string, body: Uint8Array) =>
  joined(bytesOf(name), le32(body.length), body, new Uint8Array(body.length % 2));
const list = (kind: string, ...parts: Uint8Array[]) => chunk('LIST', joined(bytesOf(kind), ...parts));

/** An AVI whose second stream is a subtitle file (DivX's GAB2), which ffmpeg opens by a demuxer of its own: CVE-2017-9993. */
function aviWithSubtitles(): Uint8Array {
  const header = (type: string, codec: string) =>
    chunk(
      'strh',
      joined(
        bytesOf(type),
        bytesOf(codec),
        new Uint8Array(12),
        le32(1),
        le32(25),
        le32(0),
        le32(1),
        new Uint8Array(20),
      ),
    );
  const picture = joined(le32(40), le32(16), le32(16), bytesOf('\x01\0\x18\0'), le32(0), new Uint8Array(20));
  const hdrl = list(
    'hdrl',
    chunk('avih', joined(le32(40_000), new Uint8Array(12), le32(0x10), le32(1), le32(0), le32(2), new Uint8Array(24))),
    list('strl', header('vids', 'DIB '), chunk('strf', picture)),
    list('strl', header('txts', '\0\0\0\0'), chunk('strf', new Uint8Array())),
  );
  const movi = list('movi', chunk('01tx', subtitles()), chunk('00db', new Uint8Array(768)));
  return chunk('RIFF', joined(bytesOf('AVI '), hdrl, movi));
}

const cases: [name: string, demuxer: string, refused: string | null, bytes: () => Uint8Array][] = [
  ['an alias', 'mov', 'INPUT_PLAYLIST_REFUSED', () => withReference(alias(join(folder, 'canary.bin'), 'canary.bin'))],
  ['an address', 'mov', 'INPUT_PLAYLIST_REFUSED', () => withReference(fullBox('url ', 0, 0, bytesOf(`${address}\0`)))],
  ['a reference movie', 'mov', 'INPUT_PLAYLIST_REFUSED', () => referenceMovie()],
  ['subtitles of an AVI that are a playlist', 'avi', null, aviWithSubtitles],
];

function referenceMovie(): Uint8Array {
  const place = bytesOf(`${address}\0`);
  const rdrf = fullBox('rdrf', 0, 0, bytesOf('url '), u32(place.length), place);
  return joined(box('ftyp', bytesOf('qt  \0\0\0\0')), box('moov', box('rmra', box('rmda', rdrf))));
}

describe.each(builds)('with $build', ({ tools }) => {
  let ffmpeg: Ffmpeg;
  beforeAll(async () => {
    const log = createLog({ level: 'silent', name: 'test' });
    ffmpeg = createFfmpeg({ tools: await tools(), log, stallTimeoutMs: 20_000 });
  });
  const options = () => ({ signal: AbortSignal.timeout(20_000) });
  /** What comes out of a file, whatever the exit code. */
  const dumped = async (before: string[], input: string[]) => {
    const out = join(folder, `${Math.random()}.raw`);
    await writeFile(out, '');
    await ffmpeg.run([...before, ...input, '-map', '0', '-c', 'copy', '-f', 'data', out], options()).catch(() => {});
    return readFile(out, 'latin1');
  };

  test.each(cases)('%s opens nothing else', async (_, demuxer, refused, bytes) => {
    const path = join(folder, `${Math.random()}.mov`);
    await writeFile(path, bytes());
    const sniffed = sniffFile(path, { audioOnly: 'refuse' });
    if (refused) await expect(sniffed).rejects.toMatchObject({ code: refused });
    else expect((await sniffed).demuxer).toBe(demuxer);

    // Were it not refused, it would find nothing all the same.
    const input = { path, demuxer };
    expect(await dumped([], inputArgs(input))).not.toContain('CANARY');
    for (const args of [streamsArgs(input), packetsArgs(input, 0)]) await ffmpeg.probe(args, options()).catch(() => {});
    expect(requests).toBe(0);
  });

  test('an alias would be followed where that is asked for: the test can see it', async () => {
    const path = join(folder, `${Math.random()}.mov`);
    await writeFile(path, withReference(alias(join(folder, 'canary.bin'), 'canary.bin')));
    const follow = ['-enable_drefs', '1', '-use_absolute_path', '1'];
    expect(await dumped(follow, inputArgs({ path, demuxer: 'mov' }))).toContain('CANARY');
  });
});
