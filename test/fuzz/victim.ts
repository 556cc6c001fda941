import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createLog } from '../../src/log.ts';
import { testTools } from '../support/clips.ts';
import { type Treated, treatFile } from './treat-file.ts';

/** What a victim says of a file. */
export interface Report extends Treated {
  /** The longest time that its event loop stood still, ms. */
  blockedMs: number;
  /** Of its own process, after the file. */
  residentBytes: number;
}

export type FromVictim = 'ready' | 'sign' | { report: Report };

/** A process of its own, which may crash, hang or grow: treats the files that its parent names, one at a time. */
const log = createLog({ level: 'info', name: 'fuzz' });
const say = (message: FromVictim) => process.send?.(message);
const loop = monitorEventLoopDelay({ resolution: 50 });
loop.enable();
let signedAt = 0;
const onSign = () => {
  if (Date.now() - signedAt < 500) return;
  signedAt = Date.now();
  say('sign');
};

const tools = await testTools();
process.on('message', async (path: string) => {
  loop.reset();
  const treated = await treatFile(path, { tools, log, onSign });
  const blockedMs = Math.round(loop.max / 1e6);
  say({ report: { ...treated, blockedMs, residentBytes: process.memoryUsage.rss() } });
});
process.on('disconnect', () => process.exit());
say('ready');
