import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { PackagerInput } from '../packaging/packager-args.ts';
import { type EncodePlan, renditionName } from '../plan/encode-plan.ts';
import type { JobContext } from './define-job.ts';
import { joinPicture, pictureParts } from './join-pictures.ts';
import { readChecked } from './read-checked.ts';
import { createRepair } from './repair-segment.ts';
import type { Artefact, TakenTask } from './services.ts';

type JoinContext = Pick<
  JobContext<{ runId: string; videoId: string }>,
  'payload' | 'runs' | 'storage' | 'signal' | 'sources' | 'ffmpeg' | 'log' | 'workDir'
>;

/**
 * Streams each rendition's objects into its local file: init, then all media, in order. Before a byte is read every planned object
 * must be there; rejects with PACKAGE_INVALID, naming what is missing or does not fit. Gives the rows of segments that were made
 * again because the joined stream would have underflowed. `progress` is told 0 to 1.
 */
export async function joinRenditions(
  context: JoinContext,
  { task, plan, inputs }: { task: TakenTask; plan: EncodePlan; inputs: PackagerInput[] },
  progress: (fraction: number) => void,
): Promise<Artefact[]> {
  const { payload, runs, storage, signal } = context;
  const [inits, segments, sounds] = await Promise.all([
    runs.artefacts(payload.runId, 'init'),
    runs.artefacts(payload.runId, 'segment'),
    runs.artefacts(payload.runId, 'audio'),
  ]);
  // First all rows, then all bytes: nothing is read for a run that is not whole.
  const pictures = plan.rungs.map((rung) => {
    const rendition = renditionName(rung);
    const rows = {
      init: only(inits, rendition),
      segments: segments.filter((row) => row.rendition === rendition),
    };
    return { parts: pictureParts(rendition, rung, rows, plan), path: pathOf(inputs, rendition) };
  });
  const tracks = inputs
    .filter(({ kind }) => kind === 'audio')
    .map(({ rendition, path }) => ({ row: only(sounds, rendition), path }));

  let done = 0;
  const tools = {
    storage,
    signal,
    repair: createRepair(context, task, plan),
    joined: () => progress(++done / (pictures.length * plan.segments.length)),
  };
  const replaced: Artefact[] = [];
  for (const { parts, path } of pictures) replaced.push(...(await joinPicture(parts, path, tools)));
  for (const { row, path } of tracks) await pipeline(readChecked(storage, row), createWriteStream(path), { signal });
  return replaced;
}

function only(rows: Artefact[], rendition: string): Artefact {
  const [row, ...more] = rows.filter((item) => item.rendition === rendition);
  if (!row || more.length > 0) throw invalid(`${rendition}: ${row ? 'more than one' : 'no'} header is committed`);
  return row;
}

function pathOf(inputs: PackagerInput[], rendition: string): string {
  const input = inputs.find((item) => item.rendition === rendition);
  if (!input) throw invalid(`${rendition} is not packed`);
  return input.path;
}

const invalid = (what: string): CatalogueError => new CatalogueError('PACKAGE_INVALID', what);
