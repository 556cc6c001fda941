import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFfmpeg } from '../../../src/ffmpeg/run-ffmpeg.ts';
import { createLog } from '../../../src/log.ts';
import { toolLimits } from '../../../src/plan/tool-limits.ts';
import { builds, makeClip } from '../../support/clips.ts';
import { testFolder } from '../../support/folder.ts';
import { sandboxAt } from '../../support/sandbox.ts';

const sandboxes = await Promise.all((['bwrap', 'uid', 'limits'] as const).map(sandboxAt));
const given = [...new Map(sandboxes.map((sandbox) => [sandbox.level, sandbox])).values()];
const signal = () => AbortSignal.timeout(60_000);

describe.each(builds)('$build', ({ tools }) => {
  test.each(given)('makes the same bytes at level $level as without a sandbox', async (sandbox) => {
    const root = await testFolder('tools');
    await chmod(root, 0o711); // as a worker’s
    const storage = join(root, 'storage');
    await mkdir(storage, { mode: 0o700 });
    const source = join(storage, 'original.mp4');
    // Its index is at its end: it cannot be read without being sought in.
    await copyFile(await makeClip({ name: 'sandbox', seconds: 2, size: '64x36' }), source);

    const log = createLog({ level: 'silent', name: 'test' });
    const ffmpeg = createFfmpeg({ tools: await tools(), log, stallTimeoutMs: 30_000, sandbox });
    const made = async (confined: boolean) => {
      const folder = await mkdtemp(join(root, 'work-'));
      const limits = toolLimits({ memoryBytes: 2 ** 26, sourceBytes: 100_000 });
      const runner = confined ? ffmpeg.within({ reads: new Set([source]), folder, limits }) : ffmpeg;
      const input = ['-protocol_whitelist', 'file', '-f', 'mov', '-i', `file:${source}`];
      const { stdout } = await runner.probe(
        ['-show_entries', 'stream=nb_frames', '-of', 'csv=p=0', ...input.slice(0, -2), source],
        {
          signal: signal(),
        },
      );
      await runner.run(
        [
          '-ss',
          '1',
          ...input,
          '-c:v',
          'libx264',
          '-preset',
          'ultrafast',
          '-threads',
          '1',
          '-c:a',
          'aac',
          '-bitexact',
          '-movflags',
          '+faststart',
          join(folder, 'out.mp4'),
        ],
        { signal: signal() },
      );
      const bytes = await readFile(join(folder, 'out.mp4'));
      return { stdout, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    };
    const outside = await made(false);
    expect(outside.size).toBeGreaterThan(3_000);
    expect(await made(true)).toEqual(outside);
  });
});
