import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { badFiles, goodFilms, mingled, type NamedFile } from '../support/neighbours.ts';
import { type SentFile, sendFile } from '../support/send-file.ts';
import { startUp, type Up } from '../support/up.ts';
import { processesNaming } from '../support/whole-system.ts';

test('ten good films beside fifty bad files come out as alone, byte for byte', { timeout: 300_000 }, async () => {
  const [good, bad] = [await goodFilms({ seconds: 2, size: '64x36' }), await badFiles(50)];
  const system = await startUp('neighbours');

  const alone = await outputsOf(system, await sendAll(system, good), good);
  const sent = await sendAll(system, mingled(good, bad));
  const beside = await outputsOf(system, sent, good);

  for (const { name } of bad) {
    const ended = sent.filter((file) => file.name === name).map(({ video }) => video);
    expect(
      ended.map(({ status }) => status),
      name,
    ).toEqual(ended.map(() => 'failed'));
    for (const { error } of ended) expect(error, name).toMatchObject({ code: expect.stringMatching(/^INPUT_/) });
  }
  expect(Object.keys(alone)).toHaveLength(10);
  for (const [name, files] of Object.entries(alone)) {
    expect(Object.keys(files).filter((path) => /init\.mp4$|\.m4s$/.test(path)).length, name).toBeGreaterThan(1);
    expect(Object.keys(files).filter((path) => /\.(jpg|vtt)$/.test(path)).length, name).toBeGreaterThan(1);
    expect(Object.keys(files).filter((path) => /\.(m3u8|mpd)$/.test(path)).length, name).toBeGreaterThan(2);
  }
  expect(beside).toEqual(alone);
  const tools = (await processesNaming(system.home)).filter((command) => /ffmpeg|ffprobe|packager/.test(command));
  expect(tools).toEqual([]);
  expect(await readdir(join(system.home, 'work'))).toEqual([]);
});

type Sent = SentFile & { name: string };

const sendAll = (system: Up, files: NamedFile[]): Promise<Sent[]> =>
  Promise.all(
    files.map(async ({ name, bytes }) => ({
      name,
      ...(await sendFile(system, bytes, { filename: name, pollMs: 500 })),
    })),
  );

/** sha256 of everything that is stored of each film, by its path and with its text without the ids of video and run. */
async function outputsOf(
  system: Up,
  sent: Sent[],
  films: NamedFile[],
): Promise<Record<string, Record<string, string>>> {
  const outputs: Record<string, Record<string, string>> = {};
  for (const { name } of films) {
    const file = sent.find((candidate) => candidate.name === name);
    expect(file?.video, name).toMatchObject({ status: 'ready', error: null });
    outputs[name] = await hashes(system.storagePath('transcoded', file?.videoId ?? ''));
  }
  return outputs;
}

async function hashes(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    const said = /\.(m3u8|mpd|vtt)$/.test(entry.name) ? withoutIds(bytes.toString('utf8')) : bytes;
    found[withoutIds(path.slice(folder.length + 1))] = createHash('sha256').update(said).digest('hex');
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => a.localeCompare(b)));
}

/** A step that is tried again has a higher fence in its folder's name. */
const withoutIds = (text: string): string =>
  text.replaceAll(/\b(vid|run)_[0-9a-z]+/g, '$1').replaceAll(/\b(package|thumbnails)-\d+/g, '$1');
