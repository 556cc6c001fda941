import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../src/config.ts';
import { findTools } from '../src/ffmpeg/find-tools.ts';
import { createLog } from '../src/log.ts';
import { toolTrials } from '../src/packaging/tool-trials.ts';
import { toolLimits } from '../src/plan/tool-limits.ts';
import { openSandbox } from '../src/process/open-sandbox.ts';
import { runProcess } from '../src/process/run-process.ts';
import type { Sandbox, SandboxLevel } from '../src/process/sandbox.ts';
import { cpuSeconds } from './cpu-seconds.ts';

export interface KnownLoad {
  sandbox: SandboxLevel;
  /** CPU-seconds, in the load's own words. */
  burntSeconds: number;
  /** CPU-seconds that `cpuSeconds` found of it. */
  seenSeconds: number;
}

/** How far what is seen may lie from what was burnt. */
const tolerance = 0.1;

/** Whether CPU-seconds that are measured here can be believed. Pure. */
export const isSeen = ({ burntSeconds, seenSeconds }: Omit<KnownLoad, 'sandbox'>): boolean =>
  Math.abs(seenSeconds / burntSeconds - 1) <= tolerance;

/** Burns two CPU-seconds as a tool of a worker of this machine would, to know whether those of tools are seen. `folder`: for what the tool writes. */
export async function measureLoad(folder: string): Promise<KnownLoad> {
  const config = readConfig(process.env);
  const tools = await findTools({ ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH });
  const sandbox = await openSandbox({
    ...{ mode: config.REELMILL_SANDBOX, moreReads: config.REELMILL_SANDBOX_READS },
    ...{ workRoot: folder, home: join(folder, 'home'), tools: toolTrials(tools) },
  });
  return burn(sandbox, 2, folder);
}

/** Runs a tool in this sandbox that burns so many CPU-seconds, as a worker runs its tools, and looks how many are found again. */
async function burn(sandbox: Sandbox, seconds: number, parent: string): Promise<KnownLoad> {
  const folder = await mkdtemp(join(parent, 'work.load-'));
  const us = [process.pid];
  const before = cpuSeconds(us);
  const { stdout } = await runProcess(process.execPath, ['-e', load, String(seconds)], {
    signal: AbortSignal.timeout(60_000 + 20_000 * seconds),
    log: createLog({ level: 'silent', name: 'load' }),
    confinement: {
      sandbox,
      access: { reads: new Set(), folder, limits: toolLimits({ memoryBytes: 0, sourceBytes: 0 }) },
    },
  });
  const result = { sandbox: sandbox.level, burntSeconds: Number(stdout) };
  // Who adopts the sandbox's init waits for it a moment after its tool has ended.
  const patience = AbortSignal.timeout(5_000);
  let seenSeconds = cpuSeconds(us) - before;
  while (seenSeconds < result.burntSeconds && !patience.aborted) {
    await sleep(20);
    seenSeconds = cpuSeconds(us) - before;
  }
  return { ...result, seenSeconds };
}

const load = `
  const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
  while (used() < Number(process.argv[1]));
  console.log(used());`;
