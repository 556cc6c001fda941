import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { PackagerInput } from '../packaging/packager-args.ts';
import type { EncodePlan } from '../plan/encode-plan.ts';
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
  const parts = inputs.map((input) => ({
    path: input.path,
    objects:
      input.kind === 'video'
        ? videoObjects(input.rendition, inits, segments, plan)
        : soundObjects(input.rendition, sounds),
  }));
  for (const { path, objects } of parts) {
    await pipeline(
      bytesOf(objects, (key) => storage.read(key)),
      createWriteStream(path),
      { signal },
    );
  }
}

/** The init and every segment, 0 to the plan's last, each made with that same init. */
function videoObjects(rendition: string, inits: Artefact[], segments: Artefact[], plan: EncodePlan): Artefact[] {
  const init = only(inits, rendition);
  const byIndex = new Map(segments.filter((row) => row.rendition === rendition).map((row) => [row.segmentIndex, row]));
  const missing = plan.segments.filter(({ index }) => !byIndex.has(index)).map(({ index }) => index);
  if (missing.length > 0 || byIndex.size !== plan.segments.length) {
    const counts = `${byIndex.size} of ${plan.segments.length} segments`;
    throw invalid(`${rendition}: ${counts}${missing.length > 0 ? `, without ${missing.slice(0, 10).join(', ')}` : ''}`);
  }
  const media = plan.segments.flatMap(({ index }) => byIndex.get(index) ?? []);
  for (const { segmentIndex, facts } of media) {
    if (segmentFacts.parse(facts).initSha256 === init.sha256) continue;
    throw new CatalogueError('ENCODE_INIT_MISMATCH', `${rendition}, segment ${segmentIndex}: made with another init`);
  }
  return [init, ...media];
}

const soundObjects = (rendition: string, sounds: Artefact[]): Artefact[] => [only(sounds, rendition)];

function only(rows: Artefact[], rendition: string): Artefact {
  const [row, ...more] = rows.filter((item) => item.rendition === rendition);
  if (!row || more.length > 0) throw invalid(`${rendition}: ${row ? 'more than one' : 'no'} header is committed`);
  return row;
}

async function* bytesOf(objects: Artefact[], read: (key: string) => Promise<Readable>): AsyncGenerator<Buffer> {
  for (const { key, size } of objects) {
    let got = 0;
    for await (const chunk of await read(key)) {
      got += chunk.length;
      yield chunk;
    }
    // A stream that storage cuts short ends like a whole one.
    if (got !== size) throw new CatalogueError('SERVICE_UNAVAILABLE', `${got} of ${size} bytes came from storage.`);
  }
}

const invalid = (what: string): CatalogueError => new CatalogueError('PACKAGE_INVALID', what);
