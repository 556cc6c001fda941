import { setTimeout as sleep } from 'node:timers/promises';
import { loginLinks } from '../local/login-links.ts';
import type { RunFile } from '../local/run-file.ts';
import { startLocal } from '../local/start-local.ts';
import { shareWords } from '../local/worker-share.ts';
import { portNote, prepareLocal, unlessStopped } from './prepare-local.ts';
import { tellOfReadiness } from './tell-of-readiness.ts';
import { tellOfStorage } from './tell-of-storage.ts';

/** Starts everything, says when it is ready, and ends the process once it is told to stop and all has stopped. */
export async function runUp(workers: { cpu: number }, json: boolean): Promise<never> {
  const mode = await prepareLocal(json);
  const { config, home, output, log, stopping } = mode;
  const storage = tellOfStorage(config, output);
  const starting = startLocal({
    config,
    home,
    cpuWorkers: workers.cpu,
    log,
    onGiveUp: (name, reason, run) => output.result({ event: 'given_up', process: name, reason, ...run }, reason),
    onRestart: (name, run) => output.result({ event: 'restarted', process: name, ...run }, `${name}: restarted`),
  });
  const local = await unlessStopped(mode, starting);
  await Promise.race([storage, sleep(longestProofMs, undefined, { ref: false })]);
  const note = portNote(config, local.run.api_url);
  if (note) output.say(note);
  // A program has the key of run.json: no login is made for it.
  const [board = local.run.board_url] = json ? [] : await loginLinks(local.run, ['/admin/queues'], log);
  const share = shareWords(local.share);
  const work = workers.cpu === 1 ? share : `${workers.cpu}, each ${share}`;
  output.result(local.run, readyWords(local.run, { board, work, runFile: home.runFile, logs: home.logs }));
  const end = new AbortController();
  void tellOfReadiness({ url: local.run.api_url, output, signal: end.signal });
  await stopping;
  end.abort();
  output.say('stopping …');
  await local.stop();
  process.exit();
}

/** Storage that falls silent is told of when it is found out: everything else is ready. */
const longestProofMs = 5_000;

const readyWords = (run: RunFile, it: { board: string; work: string; runFile: string; logs: string }): string =>
  [
    'Ready.',
    `  API    ${run.api_url}`,
    `  Board  ${it.board}`,
    '         (the link logs your browser in, once: then /watch/<video id> plays, too)',
    `  Worker ${it.work}`,
    `  Key    in ${it.runFile}`,
    `  Logs   ${it.logs}`,
    'Ctrl-C stops everything.',
  ].join('\n');
