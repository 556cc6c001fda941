import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { homeAt } from '../local/home.ts';
import { homeOwner } from '../local/home-lock.ts';
import { loginLinks, loginUrl } from '../local/login-links.ts';
import { readRunFile } from '../local/run-file.ts';
import { createLog } from '../log.ts';
import { ServiceMissing, UsageError } from './exit-codes.ts';
import { createOutput } from './output.ts';
import { withDatabase } from './with-database.ts';

/** Of a link for a deployment, which travels further than from one terminal to a browser beside it. */
const validMs = 3_600_000;

interface LoginOptions {
  keyId?: string;
  json: boolean;
}

export const loginCommand = (): Command =>
  new Command('login')
    .description(
      'Print a fresh link that logs a browser in, once: to the Reelmill that runs here, or with --key-id to that of DATABASE_URL.',
    )
    .argument('[path]', 'the page that it leads to', '/admin/queues')
    .option('--key-id <id>', 'whose session it opens, with the scopes of that key (default: the key of local mode)')
    .option('--json', 'one JSON object on standard output', false)
    .addHelpText(
      'after',
      '\nExamples:\n  reelmill login\n  reelmill login /watch/vid_…\n  DATABASE_URL=… PUBLIC_URL=https://video.example.com reelmill login --key-id key_…',
    )
    .action(async (path: string, { keyId, json }: LoginOptions) => {
      if (!path.startsWith('/')) throw new UsageError(`"${path}" is no path of the API, such as /admin/queues.`);
      const url = keyId === undefined ? await localLink(path) : await linkOfKey(keyId, path);
      createOutput(json).result({ url }, url);
    });

async function localLink(path: string): Promise<string> {
  const config = readConfig();
  const home = homeAt(config.REELMILL_HOME);
  const run = (await homeOwner(home.lockFile)) && (await readRunFile(home.runFile));
  if (!run && config.DATABASE_URL) {
    throw new UsageError(
      '--key-id: say whose session it is to open; "reelmill keys list" shows the keys, "keys create" makes one',
    );
  }
  if (!run)
    throw new ServiceMissing(`nothing runs in ${home.root}: start "reelmill up" first, which prints a link, too`);
  const [url = ''] = await loginLinks(run, [path], createLog({ level: config.LOG_LEVEL, name: 'login' }));
  return url;
}

/** A link for a deployment. Says what its user may stumble over, beside standard output: there is the link alone. */
const linkOfKey = (keyId: string, path: string): Promise<string> =>
  withDatabase(async ({ keys }, config) => {
    const owner = await keys.ownerById(keyId);
    if (!owner) throw new UsageError(`there is no valid key ${keyId}: "reelmill keys list" shows those that there are`);
    const { say } = createOutput(true);
    const base = config.PUBLIC_URL?.replace(/\/+$/, '') ?? `http://${config.API_HOST}:${config.API_PORT}`;
    if (!config.PUBLIC_URL) say(`PUBLIC_URL is not set: the link is for ${base}`);
    if (path.startsWith('/admin') && !owner.scopes.includes('operate')) {
      say(`${keyId} lacks the scope operate, which the queue board asks for`);
    }
    const token = await keys.createLogin(keyId, { expiresAt: new Date(Date.now() + validMs) });
    return loginUrl(base, token, path);
  });
