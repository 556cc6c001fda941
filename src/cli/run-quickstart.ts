import { createFfmpeg } from '../ffmpeg/run-ffmpeg.ts';
import { homeOwner } from '../local/home-lock.ts';
import { loginLinks } from '../local/login-links.ts';
import { makeSample } from '../local/make-sample.ts';
import { type RunFile, readRunFile, storageRootOf, storageUrlOf } from '../local/run-file.ts';
import { startLocal } from '../local/start-local.ts';
import { createApiClient } from './api-client.ts';
import { exitCodeOf, type FileResult, resultWords } from './file-result.ts';
import { checkFiles, ingestFiles } from './ingest-files.ts';
import { createLiveLine } from './live-line.ts';
import { interrupted, type LocalMode, portNote, prepareLocal, unlessStopped } from './prepare-local.ts';

/** Finds or starts everything, uploads the files (or the sample), shows where they play, and ends the process. */
export async function runQuickstart(files: string[], { exit, json }: { exit: boolean; json: boolean }): Promise<never> {
  await checkFiles(files);
  const mode = await prepareLocal(json);
  const { output, stopping } = mode;
  const local = await findOrStart(mode);
  const goesOn = !(exit && local.started);
  const stopNow = new AbortController();
  const work = ingestAll(mode, local.run, files, stopNow.signal).then(async (results) => {
    await showPages(mode, local.run, results, goesOn);
    output.say(`  Outputs ${storageRootOf(local.run) ?? storageUrlOf(local.run)}`);
    if (goesOn) output.say(`  Logs    ${mode.home.logs}`);
    return exitCodeOf(results);
  });
  const outcome = await Promise.race([work, stopping]).catch(async (error: unknown) => {
    await local.stop();
    throw error;
  });
  stopNow.abort();
  work.catch(() => undefined); // what it was doing is ended with everything else

  const signalled = typeof outcome === 'string';
  if (!signalled && !exit && local.started) {
    output.say('\nCtrl-C stops everything.');
    await stopping;
  }
  if (local.started) output.say('stopping …');
  await local.stop();
  process.exit(signalled ? interrupted : outcome);
}

interface Found {
  run: RunFile;
  /** False where it runs in another process, which goes on. */
  started: boolean;
  stop(): Promise<void>;
}

async function findOrStart(mode: LocalMode): Promise<Found> {
  const { config, home, output, log } = mode;
  const owner = await homeOwner(home.lockFile);
  const run = owner && (await readRunFile(home.runFile));
  if (run) {
    output.say(`using the Reelmill that runs in ${home.root} already (process ${owner.pid}); it goes on afterwards`);
    return { run, started: false, stop: async () => undefined };
  }
  output.say(`starting in ${home.root} …`);
  const onGiveUp = (_name: string, reason: string) => output.say(reason);
  const local = await unlessStopped(mode, startLocal({ config, home, cpuWorkers: 1, log, onGiveUp }));
  const note = portNote(config, local.run.api_url);
  if (note) output.say(note);
  return { run: local.run, started: true, stop: () => local.stop() };
}

async function ingestAll(mode: LocalMode, run: RunFile, files: string[], signal: AbortSignal): Promise<FileResult[]> {
  const { output } = mode;
  const wanted = files.length > 0 ? files : [await sample(mode, signal)];
  const found = { api: createApiClient({ url: run.api_url, key: run.api_key }), storageRoot: storageRootOf(run) };
  return ingestFiles(found, wanted, {
    wait: true,
    line: createLiveLine(output),
    onResult: (result) => output.result(result, resultWords(result)),
  });
}

async function sample({ config, home, tools, output, log }: LocalMode, signal: AbortSignal): Promise<string> {
  output.say('no file given: taking a sample of 20 s');
  return makeSample(home.samples, createFfmpeg({ tools, log, stallTimeoutMs: config.STALL_TIMEOUT_MS }), signal);
}

/** What a browser shows: links that log it in while Reelmill goes on, else the addresses that they will have again. */
async function showPages(
  { output, log }: LocalMode,
  run: RunFile,
  results: FileResult[],
  goesOn: boolean,
): Promise<void> {
  const videos = results.flatMap(({ video_id, status }) => (video_id && status === 'ready' ? [video_id] : []));
  const pages = pagesOf(videos);
  const paths = pages.map(([, path]) => path);
  const links = goesOn ? await loginLinks(run, paths, log) : paths.map((path) => `${run.api_url}${path}`);
  output.say(goesOn ? '\nEach link logs your browser in, once:' : '\nServed whenever Reelmill runs (npx reelmill up):');
  for (const [index, [name]] of pages.entries()) output.say(`  ${name.padEnd(7)} ${links[index]}`);
}

/** Pure: what there is to look at once these videos are ready, by name, with its path. */
export const pagesOf = (ready: string[]): [string, string][] => [
  ...ready.map((id): [string, string] => ['Player', `/watch/${id}`]),
  ['Board', '/admin/queues'],
  ['API', ready[0] ? `/api/v1/videos/${ready[0]}` : '/docs'],
];
