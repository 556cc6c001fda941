import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ffmpeg } from '../../support/clips.ts';
import { testFolder } from '../../support/folder.ts';

/** 23.2 frames a second for 12 hours, less a little: a million packets in 35 MB, each minute the same. */
async function longClip(folder: string): Promise<string> {
  const [minute, path] = [join(folder, 'minute.mp4'), join(folder, 'long.mp4')];
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-x264-params', 'keyint=48:scenecut=0'];
  await ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=16x16:rate=116/5', '-t', '60', ...encoder, minute]);
  await ffmpeg(['-stream_loop', '719', '-i', minute, '-c', 'copy', '-t', '43190', path]);
  return path;
}

test('a million packets of twelve hours are indexed and planned within 300 MB, by us and by ffprobe', async () => {
  const path = await longClip(await testFolder('long'));
  const script = resolve('test/support/plan-long-clip.ts');
  const running = promisify(execFile)(process.execPath, ['--import', 'tsx', script, path], { maxBuffer: 1e6 });
  const watch = watchChildren(running.child.pid ?? 0);
  const { stdout } = await running.finally(watch.stop);
  const planned = JSON.parse(stdout);

  expect(planned).toMatchObject({ presented: 1_002_010, frames: 1_002_010, segments: 3_600, tasks: 3_601 });
  expect(planned.seconds).toBeCloseTo(43_190, 0);
  expect(planned.peakMegabytes).toBeLessThan(300);
  expect(planned.indexBytes).toBeLessThan(3e6);
  expect(planned.planBytes).toBeLessThan(3e6);
  const peak = watch.peakMegabytes('ffprobe');
  expect(peak).toBeGreaterThan(10);
  expect(peak).toBeLessThan(300);
});

/** Looks at the largest memory (VmHWM) that each child of a process has had, again and again. */
function watchChildren(pid: number) {
  const peaks = new Map<string, number>();
  const look = async () => {
    for (const thread of await readdir(`/proc/${pid}/task`)) {
      const children = await readFile(`/proc/${pid}/task/${thread}/children`, 'utf8');
      for (const child of children.split(' ').filter(Boolean)) {
        const status = await readFile(`/proc/${child}/status`, 'utf8');
        const [, name = ''] = /^Name:\s*(.+)$/m.exec(status) ?? [];
        const [, kilobytes = 0] = /^VmHWM:\s*(\d+)/m.exec(status) ?? [];
        peaks.set(name, Math.max(peaks.get(name) ?? 0, Number(kilobytes) / 1024));
      }
    }
  };
  const timer = setInterval(() => look().catch(() => {}), 50); // a process that ends while it is looked at
  return { stop: () => clearInterval(timer), peakMegabytes: (name: string) => peaks.get(name) ?? 0 };
}
