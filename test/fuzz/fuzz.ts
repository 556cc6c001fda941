import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeGoodFiles } from './good-files.ts';
import { type Finding, judge } from './judge.ts';
import { type Mutant, mutantOf } from './mutant.ts';
import { startVictim, type Victim } from './start-victim.ts';

export interface FuzzOptions {
  seed: number;
  /** Numbers of the files, in the order that they are taken. */
  numbers: readonly number[];
  /** Processes at once. */
  jobs: number;
  /** For mutants, logs and work, empty; whoever made it removes it. */
  folder: string;
  /** Where good files are, or will be. */
  goodFolder: string;
  /** Where files with findings are kept; null: nowhere. */
  keep: string | null;
  /** Not only those. */
  keepAll?: boolean;
  onFile?: (outcome: Outcome) => void;
}

/** How one file ended. */
export interface Outcome {
  number: number;
  good: string;
  mutation: string;
  stage: string;
  /** Of the catalogue; `READY`; `EXIT` and `HANG` of our own process. */
  code: string;
  detail: string;
  seconds: number;
  findings: Finding[];
}

/** Treats a series of mutants in processes of their own; resolves with how each of them ended. */
export async function fuzz({
  seed,
  numbers,
  jobs,
  folder,
  goodFolder,
  keep,
  keepAll,
  onFile,
}: FuzzOptions): Promise<Outcome[]> {
  const goods = await makeGoodFiles(goodFolder);
  if (keep) await mkdir(keep, { recursive: true });
  const places = [folder, process.cwd(), ...(homedir().length > 1 ? [homedir()] : [])];
  const waiting = [...numbers];
  const outcomes: Outcome[] = [];
  const work = async (job: number) => {
    let victim: Victim | null = null;
    try {
      for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
        if (!victim || victim.gone()) victim = await startVictim({ folder, name: `${job}` });
        const mutant = mutantOf(seed, number, goods);
        const outcome = await treat(victim, mutant, { folder, places });
        if (keep && (outcome.findings.length > 0 || keepAll)) await keepFile(keep, mutant);
        outcomes.push(outcome);
        onFile?.(outcome);
      }
    } finally {
      await victim?.stop();
    }
  };
  await Promise.all(Array.from({ length: jobs }, (_, job) => work(job)));
  return outcomes.sort((a, b) => a.number - b.number);
}

async function treat(
  victim: Victim,
  mutant: Mutant,
  { folder, places }: { folder: string; places: string[] },
): Promise<Outcome> {
  const { number, good, mutation, extension, bytes } = mutant;
  const path = join(folder, `file-${number}.${extension}`);
  await writeFile(path, bytes);
  const begun = performance.now();
  const ending = await victim.treat(path);
  const seconds = (performance.now() - begun) / 1_000;
  await rm(path);
  const { stage, code, detail } =
    ending.kind === 'report' ? ending.report : { stage: '', code: ending.kind.toUpperCase(), detail: '' };
  return { number, good, mutation, stage, code, detail, seconds, findings: judge(mutant, ending, places) };
}

const keepFile = (keep: string, { number, good, mutation, extension, bytes }: Mutant): Promise<void> =>
  writeFile(join(keep, `${number}-${good}-${mutation.replaceAll(' ', '-')}.${extension}`), bytes);
