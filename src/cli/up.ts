import { Command, InvalidArgumentError } from 'commander';
import { readConfig } from '../config.ts';
import { homeAt, makeHome } from '../local/home.ts';
import { startLocal } from '../local/start-local.ts';
import { supervisorLog } from '../local/supervisor-log.ts';
import { toolNotes } from '../local/tool-notes.ts';
import { createOutput } from './output.ts';
import { stopSignal } from './until-stopped.ts';

export const upCommand = (): Command =>
  new Command('up')
    .description('Start everything on this machine: services that are not configured, API, relay and workers.')
    .option('--workers <kind=count>', 'worker processes', parseWorkers, { cpu: 1 })
    .option('--json', 'one JSON object a line on standard output: run.json when ready, then every restart')
    .addHelpText(
      'after',
      `
When ready, $REELMILL_HOME/run.json (mode 600) holds the addresses, the API key and the process ids; Ctrl-C stops all that was started.

Examples:
  reelmill up
  reelmill up --workers cpu=2
  DATABASE_URL=postgres://… REDIS_URL=redis://… reelmill up`,
    )
    .action(async ({ workers, json = false }: { workers: { cpu: number }; json?: boolean }) => {
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
      const { run } = local;
      output.result(
        run,
        `Ready.\n  API    ${run.api_url}\n  Board  ${run.board_url}\n  Keys   ${home.runFile}\n  Logs   ${home.logs}\nCtrl-C stops everything.`,
      );
      await stopping;
      output.say('stopping …');
      await local.stop();
      process.exit();
    });

/** Pure: `cpu=N`. */
export function parseWorkers(text: string): { cpu: number } {
  const count = /^cpu=([1-9]\d{0,2})$/.exec(text)?.[1];
  if (!count) throw new InvalidArgumentError('Expected cpu=N, such as cpu=2.');
  return { cpu: Number(count) };
}
