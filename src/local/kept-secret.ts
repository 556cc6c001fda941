import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';

/** The secret that a file keeps; makes one (64 hex digits) where there is none. Only its owner may read the file. */
export async function keptSecret(file: string): Promise<string> {
  const kept = await readKept(file);
  if (kept) return kept;
  const secret = randomBytes(32).toString('hex');
  await keep(file, secret);
  return secret;
}

/** The text of a kept file without its line end, or null where there is none. */
export async function readKept(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim() || null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes a file of mode 600 in one step: a reader sees the old text or the new one, never half of it. */
export async function keep(file: string, text: string): Promise<void> {
  const fresh = `${file}.${process.pid}`;
  await rm(fresh, { force: true });
  const handle = await open(fresh, 'wx', 0o600);
  try {
    await handle.writeFile(`${text}\n`);
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
}
