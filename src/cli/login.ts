import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { homeAt } from '../local/home.ts';
import { homeOwner } from '../local/home-lock.ts';
import { loginLinks } from '../local/login-links.ts';
import { readRunFile } from '../local/run-file.ts';
import { createLog } from '../log.ts';
import { ServiceMissing, UsageError } from './exit-codes.ts';
import { createOutput } from './output.ts';

export const loginCommand = (): Command =>
  new Command('login')
    .description('Print a fresh link that logs a browser in, once, to the Reelmill that runs here.')
    .argument('[path]', 'the page that it leads to', '/admin/queues')
    .option('--json', 'one JSON object on standard output', false)
    .addHelpText('after', '\nExamples:\n  reelmill login\n  reelmill login /watch/vid_…')
    .action(async (path: string, { json }: { json: boolean }) => {
      if (!path.startsWith('/')) throw new UsageError(`"${path}" is no path of the API, such as /admin/queues.`);
      const config = readConfig();
      const home = homeAt(config.REELMILL_HOME);
      const run = (await homeOwner(home.lockFile)) && (await readRunFile(home.runFile));
      if (!run)
        throw new ServiceMissing(`nothing runs in ${home.root}: start "reelmill up" first, which prints a link, too`);
      const [url = ''] = await loginLinks(run, [path], createLog({ level: config.LOG_LEVEL, name: 'login' }));
      createOutput(json).result({ url }, url);
    });
