import type { RunFile } from '../local/run-file.ts';
import { startLocal } from '../local/start-local.ts';
import { prepareLocal } from './prepare-local.ts';

/** Starts everything, says when it is ready, and ends the process once it is told to stop and all has stopped. */
export async function runUp(workers: { cpu: number }, json: boolean): Promise<never> {
  const { config, home, output, log, stopping } = await prepareLocal(json);
  const local = await startLocal({
    config,
    home,
    cpuWorkers: workers.cpu,
    log,
    onRestart: (name, run) => output.result({ event: 'restarted', process: name, ...run }, `${name}: restarted`),
  });
  output.result(local.run, readyWords(local.run, home.runFile, home.logs));
  await stopping;
  output.say('stopping …');
  await local.stop();
  process.exit();
}

const readyWords = (run: RunFile, runFile: string, logs: string): string =>
  [
    'Ready.',
    `  API    ${run.api_url}`,
    `  Board  ${run.board_url}`,
    `  Key    in ${runFile}`,
    `  Logs   ${logs}`,
    'Ctrl-C stops everything.',
  ].join('\n');
