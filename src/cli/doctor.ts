import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { findTools } from '../ffmpeg/find-tools.ts';
import { findLocalTools, lacking, type Tool } from '../local/local-tools.ts';
import { reachable } from '../local/reachable.ts';
import { findSandbox, sandboxWords } from '../local/sandbox-state.ts';
import type { ServiceState } from '../local/service-state.ts';
import { findStorage } from '../local/storage-state.ts';
import { shareWords } from '../local/worker-share.ts';
import type { StorageProof } from '../storage/prove-storage.ts';
import { exitCodes } from './exit-codes.ts';
import { createOutput } from './output.ts';

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description(
      'Every tool that is used: where it is, its version, what replaces it, what cannot be done without it; what confines it; which workers live; and whether the services and the storage are as they must be.',
    )
    .option('--json', 'one JSON object a tool or service on standard output', false)
    .addHelpText(
      'after',
      '\nExit code 4: something that is needed to run is missing (a sandbox, too, where REELMILL_SANDBOX=require), or a\nconfigured service or the storage does not do what is asked of it.',
    )
    .action(async ({ json }: { json: boolean }) => {
      const config = readConfig();
      const output = createOutput(json);
      const [tools, sandbox] = await Promise.all([
        findLocalTools(config),
        findTools({ ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH })
          .catch(() => null)
          .then((found) => findSandbox(config, found)),
      ]);
      // Not beside the tools: a dozen programs that start at once make a small machine's services look slow.
      const [services, storage] = await Promise.all([reachable(config), findStorage(config)]);
      const missing = lacking(tools);
      for (const tool of tools)
        output.result({ ...tool, ok: !missing.includes(tool) }, toolWords(tool, missing.includes(tool)));
      output.result(sandbox, sandboxWords(sandbox));
      const share = { slots: config.WORKER_SLOTS, memoryBytes: config.WORKER_MEMORY_BYTES };
      const worker = { name: 'worker', ok: true, ...share, detail: shareWords(share) };
      for (const service of [...services, worker]) output.result(service, serviceWords(service));
      for (const proof of storage) output.result(proof, proofWords(proof));
      if (missing.length > 0 || !sandbox.ok || [...services, ...storage].some(({ ok }) => !ok))
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

/** Pure: one line a service, and one more for what is to be done. */
export function serviceWords({ name, ok, detail, fix }: ServiceState): string {
  const mark = !ok ? '✗' : fix ? '–' : '✓';
  return `${mark} ${name.padEnd(13)}${detail}${fix ? `\n  ${' '.repeat(13)}fix: ${fix}` : ''}`;
}

/** Pure: one line a proof, and one more for what is to be done. */
export function proofWords({ name, ok, detail, fix }: StorageProof): string {
  const mark = !ok ? '✗' : fix ? '–' : '✓';
  return `${mark} ${name.padEnd(20)} ${detail}${fix ? `\n  ${' '.repeat(20)} ${fix}` : ''}`;
}
