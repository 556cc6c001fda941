import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { PackagerInput } from '../packaging/packager-args.ts';
import { setMediaEnd } from '../packaging/set-end.ts';
import type { EncodePlan } from '../plan/encode-plan.ts';
import type { ArtefactStorage } from '../storage/storage.ts';
import type { JobContext } from './define-job.ts';
import type { Artefact } from './services.ts';

const segmentFacts = z.object({ initSha256: z.string() });

/**
 * Streams each rendition's objects into its local file: init, then all media, in order. Before a byte is read every
 * planned object must be there; rejects with PACKAGE_INVALID, naming what is missing or does not fit.
 */
export async function joinRenditions(
  {
    payload,
    runs,
    storage,
    signal,
  }: Pick<JobContext<{ runId: string; videoId: string }>, 'payload' | 'runs' | 'storage' | 'signal'>,
  plan: EncodePlan,
  inputs: PackagerInput[],
): Promise<void> {
  const [inits, segments, sounds] = await Promise.all([
    runs.artefacts(payload.runId, 'init'),
    runs.artefacts(payload.runId, 'segment'),
    runs.artefacts(payload.runId, 'audio'),
  ]);
  // First all rows, then all bytes: nothing is read for a run that is not whole.
  const joined = inputs.map(({ kind, rendition, path }) => ({
    path,
    parts:
      kind === 'video'
        ? pictureParts(rendition, { inits, segments, plan, storage })
        : soundParts(rendition, { sounds, storage }),
  }));
  for (const { path, parts } of joined) await pipeline(parts, createWriteStream(path), { signal });
}

function pictureParts(
  rendition: string,
  {
    inits,
    segments,
    plan,
    storage,
  }: { inits: Artefact[]; segments: Artefact[]; plan: EncodePlan; storage: ArtefactStorage },
): AsyncGenerator<Uint8Array> {
  const header = only(inits, rendition);
  const media = plannedMedia(rendition, header, segments, plan);
  return (async function* () {
    const init = await readWhole(storage, header);
    yield init;
    // One segment at a time in memory: some tens of MB at most.
    for (const { row, endTicks } of media) yield setMediaEnd(init, await readWhole(storage, row), endTicks);
  })();
}

function soundParts(rendition: string, { sounds, storage }: { sounds: Artefact[]; storage: ArtefactStorage }) {
  return readChecked(storage, only(sounds, rendition));
}

/** Every segment, 0 to the plan's last, each made with that same init, and where it ends on the output's clock. */
function plannedMedia(
  rendition: string,
  init: Artefact,
  segments: Artefact[],
  { source, segments: planned }: EncodePlan,
) {
  const byIndex = new Map(segments.filter((row) => row.rendition === rendition).map((row) => [row.segmentIndex, row]));
  const missing = planned.filter(({ index }) => !byIndex.has(index)).map(({ index }) => index);
  if (missing.length > 0 || byIndex.size !== planned.length) {
    const counts = `${byIndex.size} of ${planned.length} segments`;
    throw invalid(`${rendition}: ${counts}${missing.length > 0 ? `, without ${missing.slice(0, 10).join(', ')}` : ''}`);
  }
  const { numerator, denominator } = source.timeBase;
  return planned.flatMap(({ index, end }) => {
    const row = byIndex.get(index);
    if (!row) return [];
    if (segmentFacts.parse(row.facts).initSha256 !== init.sha256) {
      throw new CatalogueError('ENCODE_INIT_MISMATCH', `${rendition}, segment ${index}: made with another init`);
    }
    const endTicks = end === null ? Math.round(source.durationSeconds * denominator) : (end - source.start) * numerator;
    return [{ row, endTicks }];
  });
}

function only(rows: Artefact[], rendition: string): Artefact {
  const [row, ...more] = rows.filter((item) => item.rendition === rendition);
  if (!row || more.length > 0) throw invalid(`${rendition}: ${row ? 'more than one' : 'no'} header is committed`);
  return row;
}

async function readWhole(storage: ArtefactStorage, row: Artefact): Promise<Uint8Array> {
  const chunks = [];
  for await (const chunk of readChecked(storage, row)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The bytes of an object. A stream that storage cuts short ends like a whole one, so they are counted. */
async function* readChecked(storage: ArtefactStorage, { key, size }: Artefact): AsyncGenerator<Uint8Array> {
  let got = 0;
  for await (const chunk of await storage.read(key)) {
    got += chunk.length;
    yield chunk;
  }
  if (got !== size) throw new CatalogueError('SERVICE_UNAVAILABLE', `${got} of ${size} bytes came from storage.`);
}

const invalid = (what: string): CatalogueError => new CatalogueError('PACKAGE_INVALID', what);
