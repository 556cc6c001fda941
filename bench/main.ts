// `npm run bench [-- --json]`: ratios against raw ffmpeg and raw BullMQ, measured in one run.
// `npm run bench -- load`: whether the CPU-seconds of a tool in its sandbox are seen here: those of a known load, as JSON.
// `npm run bench -- neighbours [--json]`: how much longer good films take beside bad files.
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const json = process.argv.includes('--json');
const say = (text: string) => process.stderr.write(`${text}\n`);

const folder = await mkdtemp(join(tmpdir(), 'reelmill-bench-'));
// The processes that were started end with this one; its folder would stay.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(1);
  });
}
try {
  await chmod(folder, 0o711); // a tool that runs as a user of its own has to pass it
  process.stdout.write(`${await measure()}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Each measurement loads a different part of the product. */
async function measure(): Promise<string> {
  if (process.argv.includes('load')) {
    const { measureLoad } = await import('./known-load.ts');
    return JSON.stringify(await measureLoad(folder));
  }
  if (process.argv.includes('neighbours')) {
    const { measureNeighbours, neighboursResult, neighboursTable } = await import('./neighbours.ts');
    say('ten good films alone, beside trivial ones and beside bad files …');
    const result = await measureNeighbours(folder);
    return json ? JSON.stringify(neighboursResult(result)) : neighboursTable(result);
  }
  const [{ measureRatios }, { table }] = await Promise.all([import('./ratios.ts'), import('./table.ts')]);
  const result = await measureRatios(folder, say);
  return json ? JSON.stringify(result) : table(result);
}
