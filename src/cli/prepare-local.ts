import { setTimeout } from 'node:timers/promises';
import { type Config, readConfig, requireProductionSettings } from '../config.ts';
import { findTools } from '../ffmpeg/find-tools.ts';
import type { FfmpegTools } from '../ffmpeg/run-ffmpeg.ts';
import { type Home, homeAt, makeHome } from '../local/home.ts';
import { findSandbox, requireSandbox } from '../local/sandbox-state.ts';
import { supervisorLog } from '../local/supervisor-log.ts';
import { toolNotes } from '../local/tool-notes.ts';
import type { Logger } from '../log.ts';
import { requireStorage } from '../storage/require-storage.ts';
import { createOutput, type Output } from './output.ts';
import { stopSignal } from './until-stopped.ts';

/** What a command needs that runs everything on this machine. */
export interface LocalMode {
  config: Config;
  home: Home;
  tools: FfmpegTools;
  output: Output;
  log: Logger;
  /** Resolves with the first signal to stop. */
  stopping: Promise<NodeJS.Signals>;
}

/**
 * Settings, home, log and output, and a word on what takes the place of missing tools. Rejects with CONFIG_INVALID or
 * SANDBOX_UNAVAILABLE, before anything is started, where a setting cannot be used or met: a child that finds it out can only die of it.
 */
export async function prepareLocal(json: boolean): Promise<LocalMode> {
  const config = readConfig();
  requireProductionSettings(config);
  const output = createOutput(json);
  const tools = await findTools({ ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH });
  await requireStorage(config);
  const sandbox = await findSandbox(config, tools);
  requireSandbox(sandbox);
  const home = homeAt(config.REELMILL_HOME);
  await makeHome(home);
  const stopping = stopSignal();
  for (const note of await toolNotes(config, sandbox)) output.say(note);
  return { config, home, tools, output, log: supervisorLog(home, config.LOG_LEVEL), stopping };
}

/** Exit code of a command that was interrupted before it was done. */
export const interrupted = 130;

/**
 * Waits for what is being started. A signal that comes first ends this process at once, and all that was begun with it: the
 * lock of the home is taken over by the next start.
 */
export async function unlessStopped<Started>(
  { output, stopping }: Pick<LocalMode, 'output' | 'stopping'>,
  starting: Promise<Started>,
): Promise<Started> {
  let waiting = true;
  const stopped = stopping.then((): Promise<never> => {
    if (!waiting) return new Promise(() => undefined); // whoever has started stops in order
    output.say('stopping …');
    process.exit(interrupted);
  });
  try {
    return await Promise.race([
      stopped,
      // The terminal's Ctrl-C reaches the tools that we start, too: what they say of it is no fault.
      starting.catch((error: unknown) => Promise.race([stopped, setTimeout(300).then(() => Promise.reject(error))])),
    ]);
  } finally {
    waiting = false;
  }
}

/** Pure: a word on the API's port where the wanted one was taken, else null. */
export function portNote(config: Pick<Config, 'API_PORT' | 'PUBLIC_URL'>, apiUrl: string): string | null {
  const { port } = new URL(apiUrl);
  if (config.PUBLIC_URL || config.API_PORT === 0 || port === String(config.API_PORT)) return null;
  return `port ${config.API_PORT} is taken: the API listens on ${port}`;
}
