import { Command } from 'commander';
import { nextStep, resultWords } from './file-result.ts';
import { findApi } from './find-api.ts';
import { ingestExitCode } from './ingest-exit-code.ts';
import { checkFiles, ingestFiles } from './ingest-files.ts';
import { createLiveLine } from './live-line.ts';
import { createOutput } from './output.ts';

export const ingestCommand = (): Command =>
  new Command('ingest')
    .description('Upload videos to a running Reelmill, or have it fetch them from URLs.')
    .argument('<file...>', 'video files, or http and https URLs (INGEST_URLS=on)')
    .option('--preset <name>', 'what is made of them: a preset of the API')
    .option('--wait', 'wait until each is ready or has failed', false)
    .option('--json', 'one JSON object a file on standard output', false)
    .addHelpText(
      'after',
      '\nExamples:\n  reelmill ingest holiday.mov --wait\n  reelmill ingest *.mp4 --wait --json\n  reelmill ingest https://example.com/film.mp4 --wait',
    )
    .action(async (files: string[], { wait, json, preset }: { wait: boolean; json: boolean; preset?: string }) => {
      await checkFiles(files);
      const output = createOutput(json);
      const results = await ingestFiles(await findApi(), files, {
        wait,
        preset,
        line: createLiveLine(output),
        onResult: (result) => output.result(result, resultWords(result) + (wait ? '' : nextStep(result))),
      });
      process.exitCode = ingestExitCode(results);
    });
