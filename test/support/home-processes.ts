import { readdir, readFile } from 'node:fs/promises';

/** The processes that have this folder in their command line or environment: all that a home has started. */
export async function processesOf(home: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [command, environment] = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    if (`${command}\0${environment}`.includes(home)) found.push(Number(pid));
  }
  return found;
}

/** The process id of the Postgres of a home. */
export const postmasterOf = async (home: string): Promise<number> =>
  Number.parseInt(await readFile(`${home}/postgres/postmaster.pid`, 'utf8'), 10);
