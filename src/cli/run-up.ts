import { readConfig } from '../config.ts';
import { homeAt, makeHome } from '../local/home.ts';
import type { RunFile } from '../local/run-file.ts';
import { startLocal } from '../local/start-local.ts';
import { supervisorLog } from '../local/supervisor-log.ts';
import { toolNotes } from '../local/tool-notes.ts';
import { createOutput } from './output.ts';
import { stopSignal } from './until-stopped.ts';

/** Starts everything, says when it is ready, and ends the process once it is told to stop and all has stopped. */
export async function runUp(workers: { cpu: number }, json: boolean): Promise<never> {
  const config = readConfig();
  const output = createOutput(json);
  const home = homeAt(config.REELMILL_HOME);
  await makeHome(home);
  const stopping = stopSignal();
  for (const note of await toolNotes(config)) output.say(note);
  const local = await startLocal({
    config,
    home,
    cpuWorkers: workers.cpu,
    log: supervisorLog(home, config.LOG_LEVEL),
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
