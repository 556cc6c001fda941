import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The first thing like a version in what a program prints; null where it does not start or says nothing of the kind. */
export async function programVersion(program: string, args: string[]): Promise<string | null> {
  const { stdout } = await promisify(execFile)(program, args, { timeout: 20_000 }).catch(() => ({ stdout: '' }));
  return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? null;
}
