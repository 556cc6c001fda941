import type { Config } from '../config.ts';
import { findTools } from '../ffmpeg/find-tools.ts';
import type { FfmpegTools } from '../ffmpeg/run-ffmpeg.ts';
import { findPackager } from '../packaging/run-packager.ts';
import { findExecutable } from './find-executable.ts';
import { postgresBinaries, postgresVersion } from './postgres-binaries.ts';
import { programVersion } from './program-version.ts';
import { findRedis, redisVersion } from './start-redis.ts';

/** A program that Reelmill uses, as this machine has it. */
export interface Tool {
  name: string;
  /** Where it is: a path, or the setting that names it. Null: nowhere. */
  found: string | null;
  version: string | null;
  /** `confining`: the line `sandbox` of doctor says what its absence means here. */
  neededFor: 'running' | 'confining' | 'tests';
  /** What is missing here, in words; shown where `instead` says what takes its place. */
  missing: string;
  /** What is used in its place, or null where nothing is (or nothing has to be). */
  instead: string | null;
  /** What cannot be done without it. */
  without: string;
}

/** Every tool, found or not. Never rejects for one that is missing or broken. */
export async function findLocalTools(config: Config): Promise<Tool[]> {
  const [ffmpegTools, redis, bwrap, chromium] = await Promise.all([
    ffmpegAndFfprobe(config),
    redisTool(config),
    bwrapTool(),
    chromiumTool(),
  ]);
  return [nodeTool(), ...ffmpegTools, packagerTool(), redis, postgresTool(config), bwrap, chromium];
}

/** Whether Reelmill can run with these. Pure. */
export const lacking = (tools: Tool[]): Tool[] =>
  tools.filter((tool) => tool.neededFor === 'running' && !tool.found && !tool.instead);

const nodeTool = (): Tool => ({
  name: 'node',
  found: process.execPath,
  version: process.version,
  neededFor: 'running',
  missing: 'no Node',
  instead: null,
  without: 'nothing runs',
});

async function ffmpegAndFfprobe(config: Config): Promise<Tool[]> {
  const tools = await findTools({ ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH }).catch(() => null);
  const tool = (name: 'ffmpeg' | 'ffprobe', without: string): Tool => ({
    name,
    found: tools ? absolute(tools[name].path) : null,
    version: tools?.[name].version ?? null,
    neededFor: 'running',
    missing: `no ${name} on PATH`,
    instead: insteadOf(tools?.[name]),
    without,
  });
  return [tool('ffmpeg', 'no video is encoded'), tool('ffprobe', 'no video is read')];
}

/** A bare name as where the PATH finds it. */
const absolute = (program: string): string =>
  program.includes('/') ? program : (findExecutable([program], process.env.PATH) ?? program);

const insteadOf = (tool?: FfmpegTools['ffmpeg']): string | null =>
  tool?.from === 'package' ? `the build from npm is used (${tool.version})` : null;

function packagerTool(): Tool {
  const tool = { name: 'packager', neededFor: 'running', missing: 'no shaka-packager', instead: null } as const;
  const without = 'no HLS and no DASH';
  try {
    const { path, version } = findPackager(process.platform, process.arch);
    return { ...tool, found: path, version, without };
  } catch {
    return { ...tool, found: null, version: null, without };
  }
}

async function redisTool(config: Config): Promise<Tool> {
  const program = config.REDIS_URL ? null : findRedis();
  return {
    name: 'redis-server',
    found: config.REDIS_URL ? 'REDIS_URL' : program,
    version: program ? await redisVersion(program) : null,
    neededFor: 'running',
    missing: 'no redis-server',
    instead: config.REDIS_URL || program ? null : 'the queue is kept in Postgres (local mode only)',
    without: 'no production mode, and the queue takes about a tenth of the jobs in a second',
  };
}

function postgresTool(config: Config): Tool {
  const bundled = config.DATABASE_URL ? null : postgresBinaries();
  return {
    name: 'postgres',
    found: config.DATABASE_URL ? 'DATABASE_URL' : (bundled?.postgres ?? null),
    version: bundled ? postgresVersion() : null,
    neededFor: 'running',
    missing: 'no DATABASE_URL',
    instead: bundled
      ? `Postgres ${postgresVersion() ?? ''} from npm, its data in ${config.REELMILL_HOME}/postgres`
      : null,
    without: 'nothing runs: Postgres holds the truth',
  };
}

async function bwrapTool(): Promise<Tool> {
  const found = findExecutable(['bwrap'], process.env.PATH);
  return {
    name: 'bwrap',
    found,
    version: found ? await programVersion(found, ['--version']) : null,
    neededFor: 'confining',
    missing: 'no bwrap',
    instead: null,
    without: 'ffmpeg is confined by less',
  };
}

async function chromiumTool(): Promise<Tool> {
  const found = findExecutable(['chromium', 'chromium-browser', 'google-chrome'], process.env.PATH);
  return {
    name: 'chromium',
    found,
    version: found ? await programVersion(found, ['--version']) : null,
    neededFor: 'tests',
    missing: 'no chromium',
    instead: null,
    without: 'the browser tests do not run',
  };
}
