import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ffmpeg, makeClip } from '../support/clips.ts';
import { testFolder } from '../support/folder.ts';
import { startUp } from '../support/up.ts';
import { processesNaming } from '../support/whole-system.ts';

test('bad files end with their codes, keep their originals, and leave a good neighbour alone', async () => {
  const folder = await testFolder('bad');
  const file = async (name: string, bytes: string | Uint8Array) => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };
  const wide = join(folder, 'wide.mp4');
  await ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=8320x64:rate=5:duration=1', '-c:v', 'libx264', wide]);
  const sound = join(folder, 'sound.mp4');
  await ffmpeg(['-f', 'lavfi', '-i', 'sine=duration=2', '-c:a', 'aac', sound]);
  const noise = Uint8Array.from({ length: 300_000 }, (_, index) => (Math.imul(index + 7, 2654435761) >>> 24) & 0xff);
  const bad: [file: string, code: string][] = [
    [await file('empty.mp4', ''), 'INPUT_EMPTY'],
    [await file('noise.mp4', noise), 'INPUT_NOT_MEDIA'],
    [await file('list.mp4', '#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n'), 'INPUT_PLAYLIST_REFUSED'],
    [sound, 'INPUT_NO_VIDEO'],
    [wide, 'INPUT_TOO_LARGE_PIXELS'],
  ];
  const good = await makeClip({ name: 'neighbour', seconds: 6 });

  const system = await startUp('bad-input');
  const [neighbour, ...refused] = await system.ingest(good, ...bad.map(([path]) => path));

  expect(neighbour).toMatchObject({ status: 'ready', error: null });
  for (const [position, [path, code]] of bad.entries()) {
    const result = refused[position];
    expect(result, path).toMatchObject({ status: 'failed', hls: null, error: { code } });
    const stored = system.storagePath('originals', String(result?.video_id), 'original.mp4');
    if (code !== 'INPUT_EMPTY') expect(await readFile(stored)).toEqual(await readFile(path));
  }
  expect((await processesNaming(system.storagePath())).filter((command) => command.includes('ffmpeg'))).toEqual([]);
});

test('a lie about the size is refused at complete; the object is kept', async () => {
  const system = await startUp('size-lie');
  const bytes = new Uint8Array(await readFile(await makeClip({ name: 'neighbour', seconds: 6 })));
  const upload = await system.call('POST', '/api/v1/videos/upload', {
    filename: 'clip.mp4',
    content_type: 'video/mp4',
    file_size_bytes: bytes.length + 1,
    title: 'A lie',
  });
  expect(upload.status).toBe(201);
  const id = String(upload.body.video_id);
  const sent = await fetch(String(upload.body.upload_url), { method: 'PUT', body: bytes });
  const parts = [{ part_number: 1, etag: sent.headers.get('etag') }];

  const answer = await system.call('POST', `/api/v1/videos/${id}/upload/complete`, { parts });
  expect(answer).toMatchObject({ status: 422, body: { code: 'UPLOAD_SIZE_MISMATCH', retryable: false } });
  const video = await system.call('GET', `/api/v1/videos/${id}`);
  expect(video.body).toMatchObject({ status: 'failed', error: { code: 'UPLOAD_SIZE_MISMATCH' } });
  const [kept] = await readdir(system.storagePath('originals', id));
  expect(new Uint8Array(await readFile(system.storagePath('originals', id, String(kept))))).toEqual(bytes);
});
