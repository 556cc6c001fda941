import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/log.ts';
import type { Rational } from '../../src/plan/probe.ts';
import { runProcess } from '../../src/process/run-process.ts';
import { testTools } from './clips.ts';

/** What a decoder shows of a file, in order. */
export interface SeenPictures {
  timeBase: Rational;
  /** Ticks of `timeBase`, as the file tells them; one that tells none follows the one before it. */
  pts: number[];
  /** md5 of each picture. */
  sums: string[];
  /** The number that each picture of a clip of `numbered` shows. */
  numbers: number[];
}

/** A plain decode of a file from its beginning, apart from everything that the product does: the truth that it is held against. */
export async function seePictures(path: string, stream = 'v:0'): Promise<SeenPictures> {
  const folder = await mkdtemp(join(tmpdir(), 'reelmill-seen-'));
  const numbers = join(folder, 'numbers');
  const sums = join(folder, 'sums');
  const tools = await testTools();
  const run = (tool: string, args: string[]) =>
    runProcess(tool, args, {
      signal: AbortSignal.timeout(60_000),
      log: createLog({ level: 'silent', name: 'test' }),
    });
  try {
    const entries = ['-v', 'error', '-select_streams', stream, '-show_entries', 'stream=time_base', '-of', 'csv=p=0'];
    const { stdout } = await run(tools.ffprobe.path, [...entries, path]);
    const timeBase = /\d+\/\d+/.exec(stdout)?.[0] ?? ''; // a program stream tells it twice
    const output = (...args: string[]) => ['-map', `0:${stream}`, tools.fpsModeOption, 'passthrough', ...args];
    await run(tools.ffmpeg.path, [
      ...['-nostdin', '-v', 'error', '-y', '-copyts', '-noautorotate', '-i', path],
      ...output('-enc_time_base', timeBase.replace('/', ':'), '-f', 'framemd5', sums),
      // A pixel a field: its mean.
      ...output('-vf', `scale=${columns}:3:flags=area,format=gray`, '-f', 'rawvideo', numbers),
    ]);
    const [numerator = 0, denominator = 0] = timeBase.split('/').map(Number);
    return {
      timeBase: { numerator, denominator },
      ...readFrameSums(await readFile(sums, 'utf8')),
      numbers: readNumbers(await readFile(numbers)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const columns = 8;

/**
 * A filter that writes the number of each picture over its upper two thirds: two rows of eight fields, white where the bit is set, the
 * lowest one first. It outlives every change of colours and size, and what is below keeps moving.
 */
export const numbered =
  `geq=lum='if(lt(Y,2*H/3),16+219*mod(floor(N/pow(2,floor(X*${columns}/W)+${columns}*floor(Y*3/H))),2),lum(X,Y))'` +
  `:cb='if(lt(Y,2*H/3),128,cb(X,Y))':cr='if(lt(Y,2*H/3),128,cr(X,Y))'`;

function readNumbers(pixels: Uint8Array): number[] {
  const size = columns * 3;
  return Array.from({ length: pixels.length / size }, (_, picture) => {
    const fields = pixels.subarray(picture * size, picture * size + columns * 2);
    return fields.reduce((number, value, bit) => number + (value > 127 ? 2 ** bit : 0), 0);
  });
}

/** Lines of `stream, dts, pts, duration, bytes, md5`. */
function readFrameSums(framemd5: string): Pick<SeenPictures, 'pts' | 'sums'> {
  const lines = framemd5.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const fields = lines.map((line) => line.split(',').map((field) => field.trim()));
  return { pts: fields.map((line) => Number(line[2])), sums: fields.map((line) => line[5] ?? '') };
}
