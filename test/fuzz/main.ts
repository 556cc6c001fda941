// `npm run fuzz -- --files N --seed S`: mutated files through upload check, probe and a one-segment encode (docs: CONTRIBUTING.md).
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz, type Outcome } from './fuzz.ts';
import { fuzzReport, isNamed, reportWords } from './report.ts';

const { values } = parseArgs({
  options: {
    /** How many. */
    files: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    /** Number of the first. */
    from: { type: 'string', default: '0' },
    /** These alone, `1234` or `12,1234`. */
    only: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    /** A folder for the files with findings (with `--only`: for that file). */
    keep: { type: 'string' },
    json: { type: 'boolean', default: false },
    /** A line for each file. */
    verbose: { type: 'boolean', default: false },
  },
});
const numberOf = (name: string, text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} takes whole numbers`);
  return value;
};
const whole = (name: 'files' | 'seed' | 'from' | 'jobs'): number => numberOf(name, values[name]);

const seed = whole('seed');
const numbers = values.only
  ? values.only.split(',').map((text) => numberOf('only', text))
  : Array.from({ length: whole('files') }, (_, index) => whole('from') + index);
const say = (text: string) => process.stderr.write(`${text}\n`);
const folder = await mkdtemp(join(tmpdir(), 'reelmill-fuzz-'));
// Victims end with their parent; its folder would stay.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(1);
  });
}
const begun = performance.now();
const outcomes = await fuzz({
  ...{ seed, numbers, jobs: Math.min(whole('jobs'), numbers.length), folder, onFile },
  ...{ keep: values.keep ?? null, keepAll: values.only !== undefined },
  goodFolder: join(tmpdir(), 'reelmill-fuzz-good'),
}).finally(() => rm(folder, { recursive: true, force: true }));
const report = fuzzReport(outcomes, { seed, seconds: (performance.now() - begun) / 1_000 });
const findings = outcomes.flatMap((outcome) => outcome.findings);
process.stdout.write(`${values.json ? JSON.stringify({ ...report, findings }) : reportWords(report)}\n`);
process.exitCode = findings.length > 0 ? 1 : 0;

function onFile(outcome: Outcome): void {
  const { number, good, mutation, stage, code, detail, seconds } = outcome;
  // What names no fault of the file is tried again in vain: no finding, but worth a look.
  if (values.verbose || values.only || !isNamed(code))
    say(`${number} ${good}, ${mutation}: ${stage} ${code} ${detail} (${seconds.toFixed(1)} s)`);
  for (const { kind, what } of outcome.findings) {
    say(
      `${kind}: ${good}, ${mutation}: ${what}\n  npm run fuzz -- --seed ${seed} --only ${number} --keep fuzz-findings`,
    );
  }
}
