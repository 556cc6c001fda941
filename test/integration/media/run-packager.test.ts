import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../../src/log.ts';
import { packagerArgs } from '../../../src/packaging/packager-args.ts';
import { createPackager } from '../../../src/packaging/run-packager.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'reelmill-packager-'));
  execFileSync('mkfifo', [join(cwd, 'hangs')]); // a packager that opens it waits for a writer, for ever
});
afterAll(() => rm(cwd, { recursive: true }));

const packager = (stallTimeoutMs = 30_000) =>
  createPackager({ log: createLog({ level: 'silent', name: 'test' }), stallTimeoutMs });
const args = (path: string) => packagerArgs([{ rendition: 'h264/240p', kind: 'video', path }], 4);

test('an input that is not there fails, in the packager’s own words', async () => {
  const run = packager().run(args('missing.mp4'), { signal: new AbortController().signal, cwd });
  await expect(run).rejects.toMatchObject({ code: 'PROCESS_FAILED', detail: expect.stringContaining('missing.mp4') });
});
test('without any new file it is ended as stalled', async () => {
  const run = packager(500).run(args('hangs'), { signal: new AbortController().signal, cwd });
  await expect(run).rejects.toMatchObject({ code: 'PROCESS_STALLED' });
});
test('an abort ends it, and the reason comes through', async () => {
  const abort = new AbortController();
  const run = packager().run(args('hangs'), { signal: abort.signal, cwd });
  setTimeout(() => abort.abort(new Error('cancelled')), 200);
  await expect(run).rejects.toThrow('cancelled');
});
