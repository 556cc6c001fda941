import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { findTools } from '../ffmpeg/find-tools.ts';
import { findLocalTools, lacking, type Tool } from '../local/local-tools.ts';
import { reachable, type ServiceState } from '../local/reachable.ts';
import { findSandbox, sandboxWords } from '../local/sandbox-state.ts';
import { shareWords } from '../local/worker-share.ts';
import { exitCodes } from './exit-codes.ts';
import { createOutput } from './output.ts';

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description(
      'Every tool that is used: where it is, its version, what replaces it, what cannot be done without it; and what confines it.',
    )
    .option('--json', 'one JSON object a tool or service on standard output', false)
    .addHelpText(
      'after',
      '\nExit code 4: something that is needed to run is missing (a sandbox, too, where REELMILL_SANDBOX=require), or a\nconfigured service does not answer.',
    )
    .action(async ({ json }: { json: boolean }) => {
      const config = readConfig();
      const output = createOutput(json);
      const [tools, services, sandbox] = await Promise.all([
        findLocalTools(config),
        reachable(config),
        findTools({ ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH })
          .catch(() => null)
          .then((found) => findSandbox(config, found)),
      ]);
      const missing = lacking(tools);
      for (const tool of tools)
        output.result({ ...tool, ok: !missing.includes(tool) }, toolWords(tool, missing.includes(tool)));
      output.result(sandbox, sandboxWords(sandbox));
      const share = { slots: config.WORKER_SLOTS, memoryBytes: config.WORKER_MEMORY_BYTES };
      const worker = { name: 'worker', ok: true, ...share, detail: shareWords(share) };
      for (const service of [...services, worker]) output.result(service, serviceWords(service));
      if (missing.length > 0 || !sandbox.ok || services.some(({ ok }) => !ok))
        process.exitCode = exitCodes.serviceMissing;
    });

/** Pure: one line a tool, and one more for what is missing. */
export function toolWords(tool: Tool, isNeeded: boolean): string {
  const mark = isNeeded ? '✗' : tool.found && !tool.instead ? '✓' : '–';
  const name = `${mark} ${tool.name.padEnd(13)}`;
  const where = tool.found ? `${tool.version ?? ''}  ${tool.found}`.trim() : 'not found';
  const loss = tool.found ? '' : `\n  ${' '.repeat(13)}without it: ${tool.without}`;
  return `${name}${tool.instead ? `${tool.missing}: ${tool.instead}` : where}${loss}`;
}

const serviceWords = (service: ServiceState): string =>
  `${service.ok ? '✓' : '✗'} ${service.name.padEnd(13)}${service.detail}`;
