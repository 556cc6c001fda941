import { join } from 'node:path';
import type { Config } from '../config.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { FfmpegTools } from '../ffmpeg/run-ffmpeg.ts';
import { createLog } from '../log.ts';
import { toolTrials } from '../packaging/tool-trials.ts';
import { openSandbox } from '../process/open-sandbox.ts';
import type { SandboxLevel } from '../process/sandbox.ts';
import { readSandboxFacts, sandboxFix } from './sandbox-fix.ts';

/** What would confine the tools of a worker on this machine, found by trying. */
export interface SandboxState {
  name: 'sandbox';
  /** False where REELMILL_SANDBOX=require is not met: no worker starts. */
  ok: boolean;
  setting: Config['REELMILL_SANDBOX'];
  level: SandboxLevel;
  /** What this level holds, in words. */
  holds: string;
  /** Why it is no stronger, and what can be done about it; null at `bwrap`. */
  lacks: string | null;
  fix: string | null;
}

/** In words for an operator; each level holds what the ones behind it hold. docs/security.md says it at length. */
const holds = {
  bwrap: 'tools see their own files only: no network, no other process, one folder to write in; limits',
  uid: 'tools run as a user of no rights and read no file of ours; limits; the network is open to them',
  limits: 'tools gain no rights, and their memory, time and files are limited; nothing else is closed to them',
  none: 'nothing: a tool may do what Reelmill may do',
} as const satisfies Record<SandboxLevel, string>;

/** `tools`: what has to start in it; null where they are missing. Never rejects for what this machine lacks. */
export async function findSandbox(config: Config, tools: FfmpegTools | null): Promise<SandboxState> {
  const setting = config.REELMILL_SANDBOX;
  const log = createLog({ level: 'silent', name: 'sandbox' });
  const home = config.REELMILL_HOME;
  const sandbox = await openSandbox({
    ...{ mode: setting === 'require' ? 'prefer' : setting, moreReads: config.REELMILL_SANDBOX_READS },
    ...{ workRoot: join(home, 'work'), home, log }, // as a worker’s
    tools: tools ? trialsOf(tools) : [],
  });
  const isFull = sandbox.level === 'bwrap';
  return {
    name: 'sandbox',
    ok: setting !== 'require' || isFull,
    setting,
    level: sandbox.level,
    holds: holds[sandbox.level],
    lacks: sandbox.lacks,
    fix: isFull ? null : fixFor(setting, sandbox.lacks ?? ''),
  };
}

function trialsOf(tools: FfmpegTools) {
  try {
    return toolTrials(tools);
  } catch {
    return []; // there is no packager: said in its own line
  }
}

const fixFor = (setting: SandboxState['setting'], lacks: string): string =>
  setting === 'none' ? 'set REELMILL_SANDBOX=prefer' : sandboxFix(readSandboxFacts(process.env, lacks));

/** Throws SANDBOX_UNAVAILABLE, with the reason and the fix, where the sandbox that must be there is not. */
export function requireSandbox({ ok, lacks, fix }: SandboxState): void {
  if (ok) return;
  throw new CatalogueError('SANDBOX_UNAVAILABLE', `REELMILL_SANDBOX=require: ${lacks}; fix: ${fix}`);
}

/** Pure: a note for whoever starts Reelmill where tools are held by less than namespaces, else nothing. */
export const sandboxNotes = ({ level, holds, lacks, fix }: SandboxState): string[] =>
  level === 'bwrap' ? [] : [`sandbox "${level}": ${holds} (${lacks}); fix: ${fix}`];

/** Pure: the lines of `doctor`. */
export function sandboxWords({ ok, level, setting, holds, lacks, fix }: SandboxState): string {
  const mark = ok ? (level === 'bwrap' ? '✓' : '–') : '✗';
  const first = `${mark} ${'sandbox'.padEnd(13)}${level} (REELMILL_SANDBOX=${setting}): ${holds}`;
  const more = [lacks && `why no more: ${lacks}`, fix && `fix: ${fix}`].filter(Boolean);
  return [first, ...more.map((words) => `  ${' '.repeat(13)}${words}`)].join('\n');
}
