import { createRequire } from 'node:module';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { createLog, type Logger } from '../log.ts';
import { runProcess } from '../process/run-process.ts';
import { parseVersion } from './parse-version.ts';
import type { FfmpegTools } from './run-ffmpeg.ts';

export interface ToolSettings {
  /** FFMPEG_PATH */
  ffmpegPath?: string;
  /** FFPROBE_PATH */
  ffprobePath?: string;
  log?: Logger;
}

type Tool = FfmpegTools['ffmpeg'];

/**
 * Finds ffmpeg and ffprobe: the settings' (which must work), else those on PATH, else those of the npm packages, and asks the
 * build what it can do. Rejects with CONFIG_INVALID where there is none, or the setting names none.
 */
export async function findTools({ ffmpegPath, ffprobePath, log }: ToolSettings = {}): Promise<FfmpegTools> {
  const ask = asker(log ?? createLog({ level: 'silent', name: 'find-tools' }));
  const [ffmpeg, ffprobe] = await Promise.all([
    findTool(ask, { name: 'ffmpeg', setting: ffmpegPath, package: '@ffmpeg-installer/ffmpeg' }),
    findTool(ask, { name: 'ffprobe', setting: ffprobePath, package: '@ffprobe-installer/ffprobe' }),
  ]);
  // Builds from git have no version that could be compared: ask for the options themselves.
  const options = await ask(ffmpeg.path, ['-hide_banner', '-h', 'long']);
  return {
    ffmpeg,
    ffprobe,
    fpsModeOption: /^-fps_mode\b/m.test(options) ? '-fps_mode' : '-vsync',
    statsPeriod: /^-stats_period\b/m.test(options),
  };
}

type Ask = (path: string, args: string[]) => Promise<string>;

const asker =
  (log: Logger): Ask =>
  async (path, args) =>
    (await runProcess(path, args, { log, signal: AbortSignal.timeout(20_000) })).stdout;

async function findTool(ask: Ask, tool: { name: string; setting?: string; package: string }): Promise<Tool> {
  const at = async (path: string, from: Tool['from']): Promise<Tool> => {
    const version = parseVersion(await ask(path, ['-version']));
    if (version === null) throw new CatalogueError('CONFIG_INVALID', `${path} is not ${tool.name}`);
    return { path, version, from };
  };
  if (tool.setting) {
    return at(tool.setting, 'setting').catch((cause: unknown) => {
      const name = `${tool.name.toUpperCase()}_PATH`;
      throw new CatalogueError('CONFIG_INVALID', `${name} does not name a working ${tool.name}`, { cause });
    });
  }
  try {
    return await at(tool.name, 'path');
  } catch {
    return await at(packaged(tool.package), 'package').catch((cause: unknown) => {
      const remedy = 'install ffmpeg, or run "npm ci" in the project again';
      const detail = `no ${tool.name} on PATH, and none from the package ${tool.package}: ${remedy}`;
      throw new CatalogueError('CONFIG_INVALID', detail, { cause, facts: { missing: [tool.name] } });
    });
  }
}

/** Where an installer package keeps its binary; empty where it has none for this platform (then it throws on import). */
function packaged(name: string): string {
  try {
    const installed: unknown = createRequire(import.meta.url)(name);
    if (typeof installed === 'object' && installed !== null && 'path' in installed) return String(installed.path);
    return '';
  } catch {
    return '';
  }
}
