import { type Config, readConfig } from '../config.ts';
import { findTools } from '../ffmpeg/find-tools.ts';
import { createFfmpeg } from '../ffmpeg/run-ffmpeg.ts';
import { type Home, homeAt, makeHome } from '../local/home.ts';
import { homeOwner } from '../local/home-lock.ts';
import { loginLinks } from '../local/login-links.ts';
import { makeSample } from '../local/make-sample.ts';
import { type RunFile, readRunFile } from '../local/run-file.ts';
import { startLocal } from '../local/start-local.ts';
import { supervisorLog } from '../local/supervisor-log.ts';
import { toolNotes } from '../local/tool-notes.ts';
import { createApiClient } from './api-client.ts';
import { exitCodes } from './exit-codes.ts';
import { type FileResult, resultWords } from './file-result.ts';
import { anyFailed, checkFiles, ingestFiles } from './ingest-files.ts';
import { createLiveLine } from './live-line.ts';
import { createOutput, type Output } from './output.ts';
import { stopSignal } from './until-stopped.ts';

/** Interrupted before the last video was final. */
const interrupted = 130;

/** Finds or starts everything, uploads the files (or the sample), shows where they play, and ends the process. */
export async function runQuickstart(files: string[], { exit, json }: { exit: boolean; json: boolean }): Promise<never> {
  await checkFiles(files);
  const config = readConfig();
  const output = createOutput(json);
  const home = homeAt(config.REELMILL_HOME);
  await makeHome(home);
  const stopping = stopSignal();
  for (const note of await toolNotes(config)) output.say(note);

  const local = await findOrStart(config, home, output);
  const stopNow = new AbortController();
  const work = ingestAll({ config, home, output, run: local.run, files, signal: stopNow.signal });
  const outcome = await Promise.race([work.then(anyFailed), stopping]).catch(async (error: unknown) => {
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
  process.exit(signalled ? interrupted : outcome ? exitCodes.videoFailed : exitCodes.ready);
}

interface Found {
  run: RunFile;
  /** False where it runs in another process, which goes on. */
  started: boolean;
  stop(): Promise<void>;
}

async function findOrStart(config: Config, home: Home, output: Output): Promise<Found> {
  const owner = await homeOwner(home.lockFile);
  const run = owner && (await readRunFile(home.runFile));
  if (run) {
    output.say(`using the Reelmill that runs in ${home.root} already (process ${owner.pid}); it goes on afterwards`);
    return { run, started: false, stop: async () => undefined };
  }
  output.say(`starting in ${home.root} …`);
  const log = supervisorLog(home, config.LOG_LEVEL);
  const local = await startLocal({ config, home, cpuWorkers: 1, log });
  return { run: local.run, started: true, stop: () => local.stop() };
}

interface Work {
  config: Config;
  home: Home;
  output: Output;
  run: RunFile;
  files: string[];
  signal: AbortSignal;
}

async function ingestAll({ config, home, output, run, files, signal }: Work): Promise<FileResult[]> {
  const log = supervisorLog(home, config.LOG_LEVEL);
  const wanted = files.length > 0 ? files : [await sample()];
  const found = { api: createApiClient({ url: run.api_url, key: run.api_key }), storageRoot: run.storage.root };
  const results = await ingestFiles(found, wanted, {
    wait: true,
    line: createLiveLine(output),
    onResult: (result) => output.result(result, resultWords(result)),
  });

  const videos = results.flatMap(({ video_id, status }) => (video_id && status === 'ready' ? [video_id] : []));
  const pages: [string, string][] = [
    ...videos.map((id): [string, string] => ['Player', `/watch/${id}`]),
    ['Board', '/admin/queues'],
    ['API', `/api/v1/videos/${videos[0] ?? ''}`],
  ];
  const links = await loginLinks(
    run,
    pages.map(([, path]) => path),
    log,
  );
  output.say('\nEach link logs your browser in, once:');
  for (const [index, [name]] of pages.entries()) output.say(`  ${name.padEnd(7)} ${links[index]}`);
  output.say(`  Outputs ${run.storage.root}\n  Logs    ${home.logs}`);
  return results;

  async function sample(): Promise<string> {
    output.say('no file given: taking a sample of 20 s');
    const tools = await findTools({ ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH });
    const ffmpeg = createFfmpeg({ tools, log, stallTimeoutMs: config.STALL_TIMEOUT_MS });
    return makeSample(home.samples, ffmpeg, signal);
  }
}
