// needs: clips
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fc, test as propertyTest } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseTitle } from '../../../src/ffmpeg/language.ts';
import { readStreams } from '../../../src/ffmpeg/probe-source.ts';
import { parseMaster } from '../../../src/packaging/parse-m3u8.ts';
import { parseMpd } from '../../../src/packaging/parse-mpd.ts';
import { builds, ffmpeg } from '../../support/clips.ts';
import { tinyPolicy } from '../../support/encode-clip.ts';
import { finishClip, outputsOf, testPackager } from '../../support/finish-clip.ts';
import { harmful, hostileNames } from '../../support/hostile-names.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { probeFile } from '../../support/probed.ts';

const inputs = ['-f', 'lavfi', '-i', 'testsrc2=s=64x36:r=10:d=2', '-f', 'lavfi', '-i', 'sine=d=2'];
const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];

let context: TestContext;
let made = 0;
beforeAll(async () => {
  context = await createTestContext({ policy: tinyPolicy, packager: testPackager() });
});
afterAll(() => context?.close());

/** A tiny clip with these options of its output. */
async function clipWith(extension: string, options: string[], moreInputs: string[] = []): Promise<string> {
  const path = join(context.root, `clip-${++made}.${extension}`);
  await ffmpeg([...inputs, ...moreInputs, '-map', '0', '-map', '1', ...codecs, ...options, path]);
  return path;
}

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools() });
  });
  afterAll(() => context?.close());

  /** What stands for a tag in a template, to be overwritten with as many bytes of any kind. */
  const [title, language] = ['T'.repeat(96), 'L'.repeat(24)];
  const named = ['-metadata:s:a:0', `title=${title}`, '-metadata:s:a:0', `language=${language}`];

  describe.each([
    ['mkv', 'matroska'],
    ['mp4', 'mov'],
  ])('%s', (extension, demuxer) => {
    let template: Buffer;
    beforeAll(async () => {
      // MP4 keeps the name of a track in its handler, as QuickTime does.
      const handler = ['-metadata:s:a:0', `handler_name=${title}`, '-metadata', `title=${title}`];
      template = await readFile(await clipWith(extension, [...named, ...handler]));
      expect(template.includes(title)).toBe(true);
    });

    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    const spiked = fc
      .tuple(
        bytes(96),
        fc.constantFrom(...Object.values(hostileNames), 'x"\n      },\n"language": "', '|pts=5\nindex=9\n'),
      )
      .map(([noise, name]) => {
        const text = Buffer.from(name).subarray(0, 96);
        return Buffer.concat([text, noise.subarray(text.length)]);
      });
    propertyTest.prop([spiked, bytes(24)], { numRuns: 6, endOnFailure: true })(
      'whatever bytes stand in tags, the streams are read, and nothing else is',
      async (anyTitle, anyLanguage) => {
        const path = join(context.root, `any.${extension}`);
        await writeFile(path, overwritten(overwritten(template, title, anyTitle), language, anyLanguage));
        const { file } = await readStreams(context.services.ffmpeg, { path, demuxer }, AbortSignal.timeout(20_000));
        expect(file.streams.map(({ index, codec_name }) => [index, codec_name])).toEqual([
          [0, 'h264'],
          [1, 'aac'],
        ]);
        expect(parseTitle(file.streams[1]?.tags.title) ?? '').not.toMatch(harmful);
      },
    );

    test('tags of 10 MB keep nobody waiting, and little of them is kept', async () => {
      const tags = join(context.root, 'tags.txt');
      const [long, lines] = ['T'.repeat(10_000_000), 'x\\\n'.repeat(1_000)];
      await writeFile(
        tags,
        `;FFMETADATA1\ntitle=${long}\ncomment=${lines}\n[STREAM]\ntitle=${long}\nlanguage=${long}\n`,
      );
      const path = await clipWith(
        extension,
        ['-map_metadata', '2', '-map_metadata:s:a:0', '2:s:0', '-metadata:s:a:0', 'handler_name=x'],
        ['-f', 'ffmetadata', '-i', tags],
      );
      expect((await stat(path)).size).toBeGreaterThan(10_000_000);
      const begun = performance.now();
      const probe = await probeFile(context, path);
      expect(performance.now() - begun).toBeLessThan(30_000); // under 1 s on an idle machine
      expect(JSON.stringify(probe).length).toBeLessThan(5_000);
      expect([null, 'T'.repeat(100)]).toContain(probe.audio[0]?.title);
      expect(probe.audio[0]?.language).toBeNull();
    });
  });
});

test('what strangers wrote into a file reaches nothing that is made, but for the names of its sounds', async () => {
  const canary = 'canary-7f3a';
  const attachment = join(context.root, 'font.ttf');
  await writeFile(attachment, canary);
  const chapters = join(context.root, 'chapters.txt');
  await writeFile(chapters, `;FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=${canary} <b>\n`);
  const names = [hostileNames.html, hostileNames.playlist, hostileNames.bidi];
  const path = await clipWith(
    'mkv',
    [
      ...['-map', '1', '-map', '1', '-map_chapters', '2', '-attach', attachment],
      ...['-metadata:s:t', 'mimetype=application/x-truetype-font', '-metadata:s:t', `filename=../../${canary}.sh`],
      ...['title', 'comment', 'encoder', 'handler_name', 'artist', '../../x'].flatMap((tag) => [
        '-metadata',
        `${tag}=${canary} ${hostileNames.terminal}`,
      ]),
      ...['-metadata:s:v:0', `title=${canary}`, '-metadata:s:v:0', `language=${canary}`],
      ...names.flatMap((name, track) => [`-metadata:s:a:${track}`, `title=${name.replaceAll('\0', '')}`]),
      ...[
        '-metadata:s:a:0',
        'language=../../etc',
        '-metadata:s:a:1',
        'language="><b>',
        '-metadata:s:a:2',
        'language=x"\n#',
      ],
    ],
    ['-f', 'ffmetadata', '-i', chapters],
  );
  const { videoId, runId } = await finishClip(context, path);
  expect(context.videoState(videoId)).toBe('ready');

  const { read } = outputsOf(context, runId);
  const master = (await read('manifest.m3u8')).toString();
  const mpd = (await read('manifest.mpd')).toString();
  const shown = parseMaster(master).media.map(({ attributes }) => [attributes.NAME, attributes.LANGUAGE]);
  const expected = names.map((name) => [parseTitle(name.replaceAll('"', ' '))?.slice(0, 80).trim(), undefined]);
  expect(new Set(shown.map(String))).toEqual(new Set(expected.map(String)));
  expect(`${master}${mpd}`).not.toMatch(harmful);
  expect(master.split('\n').filter((line) => line !== '' && !/^#EXT|^[a-z0-9/_.]+\.m3u8$|^## /.test(line))).toEqual([]);
  expect(mpd).not.toMatch(/<(?:img|script)\b/);
  expect(parseMpd(mpd).representations.length).toBeGreaterThan(3);

  const storage = join(context.root, 'storage');
  const entries = await readdir(storage, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    expect(file.slice(storage.length)).toMatch(
      /^\/(?:originals|segments|transcoded)\/vid_[a-z0-9]+\/[a-zA-Z0-9_./-]+$/,
    );
    if (!file.includes('/originals/')) expect([file, (await readFile(file)).includes(canary)]).toEqual([file, false]);
  }
  expect(JSON.stringify([context.probe(runId), context.plan(runId), context.outputs(videoId)])).not.toContain(canary);
});

/** A copy in which every place of a text holds other bytes of the same length. */
function overwritten(bytes: Buffer, text: string, other: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(text); at >= 0; at = copy.indexOf(text, at + text.length)) copy.set(other, at);
  return copy;
}
