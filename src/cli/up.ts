import { Command, InvalidArgumentError, Option } from 'commander';

export const upCommand = (): Command =>
  new Command('up')
    .description('Start everything on this machine: services that are not configured, API, relay and workers.')
    .addOption(
      new Option('--workers <kind=count>', 'worker processes').argParser(parseWorkers).default({ cpu: 1 }, 'cpu=1'),
    )
    .option(
      '--json',
      'one JSON object a line on standard output: run.json when ready, then every event (restarted, given_up, not_ready, ready)',
    )
    .addHelpText(
      'after',
      `
When ready, $REELMILL_HOME/run.json (mode 600) holds the addresses, the API key and the process ids; Ctrl-C stops all that was started.

Examples:
  reelmill up
  reelmill up --workers cpu=2
  DATABASE_URL=postgres://… REDIS_URL=redis://… reelmill up`,
    )
    .action(async ({ workers, json = false }: { workers: { cpu: number }; json?: boolean }) => {
      const { runUp } = await import('./run-up.ts');
      await runUp(workers, json);
    });

/** Pure: `cpu=N`. */
export function parseWorkers(text: string): { cpu: number } {
  const count = /^cpu=([1-9]\d{0,2})$/.exec(text)?.[1];
  if (!count) throw new InvalidArgumentError('Expected cpu=N, such as cpu=2.');
  return { cpu: Number(count) };
}
