import { Command } from 'commander';
import type { ApiKeys } from '../database/api-keys.ts';
import { creatorScopes, scopes } from '../database/scopes.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { issueWords } from '../words/issue-words.ts';
import { UsageError } from './exit-codes.ts';
import { parsePlan, parseScopes, parseSpan } from './key-options.ts';
import { keyFacts, keyTable, minute, stateWords } from './key-table.ts';
import { createOutput } from './output.ts';
import { withDatabase } from './with-database.ts';

const json = ['--json', 'one JSON object a line on standard output', false] as const;
const mostListed = 1_000;

const scopeHelp = `
Scopes (none implies another):
  videos:read    see videos and their progress
  videos:write   upload, retry, cancel, delete
  operate        queue board, metrics; see, retry, cancel and prioritise everybody's videos
  admin          keys, presets and policies`;

/** API keys, straight on the database: so a deployment gets its first one. */
export const keysCommand = (): Command =>
  new Command('keys')
    .description('Make, list, rotate and revoke API keys, in DATABASE_URL or what "reelmill up" runs here.')
    .addHelpText(
      'after',
      `${scopeHelp}

Examples:
  reelmill keys create --creator ops --name first --scopes admin,operate
  reelmill keys create --creator web --name "web app" --plan premium --expires-in 90d
  reelmill keys list --creator web
  reelmill keys rotate key_01jd2m… --overlap 24h
  reelmill keys revoke key_01jd2m…`,
    )
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(rotateCommand())
    .addCommand(revokeCommand());

interface CreateOptions {
  creator: string;
  name: string;
  scopes: string;
  plan: string;
  expiresIn?: string;
  json: boolean;
}

const createCommand = (): Command =>
  new Command('create')
    .description('Make a key. It is shown this once: only its hash is kept.')
    .requiredOption('--creator <id>', 'whose videos it is for: a user’s id, or one for your whole app')
    .requiredOption('--name <text>', 'what you know it by')
    .option('--scopes <list>', `comma separated: ${scopes.join(', ')}`, creatorScopes.join(','))
    .option('--plan <plan>', 'free, standard or premium: decides the priority of its videos', 'standard')
    .option('--expires-in <span>', 'valid for so long, such as 30d or 12h (default: until it is revoked)')
    .option(...json)
    .addHelpText(
      'after',
      `${scopeHelp}

Examples:
  for an app that uploads, shows and removes its own videos:
    reelmill keys create --creator web --name "web app" --scopes videos:read,videos:write
  for whoever runs the service: keys, presets, the board, everybody's videos:
    reelmill keys create --creator ops --name ops --scopes admin,operate`,
    )
    .action(async (options: CreateOptions) => {
      const seconds = options.expiresIn === undefined ? null : parseSpan(options.expiresIn, '--expires-in');
      if (seconds === 0) throw new UsageError('--expires-in: a key that has ended is of no use');
      const { createKeyBody } = await import('../api/access/key-bodies.ts');
      const body = createKeyBody.safeParse({
        ...{ creator_id: options.creator, name: options.name },
        ...{ scopes: parseScopes(options.scopes), plan: parsePlan(options.plan) },
        expires_at: seconds === null ? null : new Date(Date.now() + seconds * 1_000).toISOString(),
      });
      if (!body.success)
        throw new UsageError(
          body.error.issues.map((issue) => `--${optionOf(issue.path)} ${issueWords(issue)}`).join('; '),
        );
      const { creator_id, expires_at, ...facts } = body.data;
      const { key, secret } = await withDatabase(({ keys }) =>
        keys.issue({ ...facts, creatorId: creator_id, expiresAt: expires_at }),
      );
      createOutput(options.json).result(
        { ...keyFacts(key, new Date()), key: secret },
        `${secret}\n  ${key.id} of ${key.creatorId}: ${key.scopes.join(', ')}; ${stateWords(key, new Date())}\n  It is shown this once. Send it as "Authorization: Bearer <key>".`,
      );
    });

const optionOf = (path: PropertyKey[]): string =>
  (path[0] === 'creator_id' ? 'creator' : path.join('.')).replace('_', '-');

const listCommand = (): Command =>
  new Command('list')
    .description('All keys, newest first: never the keys themselves.')
    .option('--creator <id>', 'those of one creator')
    .option('--all', 'those too that are revoked or have expired', false)
    .option(...json)
    .addHelpText('after', '\nExamples:\n  reelmill keys list\n  reelmill keys list --creator web --all --json')
    .action(async (options: { creator?: string; all: boolean; json: boolean }) => {
      const asked = { limit: mostListed, ...(options.creator !== undefined && { creatorId: options.creator }) };
      const found = await withDatabase(({ keys }) => keys.list(asked));
      const now = new Date();
      const shown = found.filter((key) => options.all || ['valid', 'ending'].includes(keyFacts(key, now).state));
      const { json, result, say } = createOutput(options.json);
      if (json) for (const key of shown) result(keyFacts(key, now), '');
      else say(shown.length > 0 ? keyTable(shown, now) : 'no keys: "reelmill keys create" makes one');
      if (!json && shown.length < found.length) say(`${found.length - shown.length} that have ended: --all shows them`);
      if (found.length === mostListed) say(`only the newest ${mostListed}: --creator shows those of one creator`);
    });

const rotateCommand = (): Command =>
  new Command('rotate')
    .description(
      'Make a key in the place of another: same creator, plan and scopes. The old one stays valid for the overlap.',
    )
    .argument('<id>', 'the id of the key (key_…)')
    .option('--overlap <span>', 'how long the old key stays valid beside the new one; 0s ends it at once', '24h')
    .option(...json)
    .addHelpText('after', '\nExample:\n  reelmill keys rotate key_01jd2m… --overlap 2h')
    .action(async (named: string, options: { overlap: string; json: boolean }) => {
      const overlapSeconds = parseSpan(options.overlap, '--overlap');
      const { id, key, secret, oldExpiresAt } = await withDatabase(async ({ keys }) => {
        const id = await keyIdOf(keys, named);
        const rotated = await keys.rotate(id, { overlapSeconds });
        if (!rotated) throw noSuchKey(id);
        return { id, ...rotated };
      });
      createOutput(options.json).result(
        { ...keyFacts(key, new Date()), key: secret, replaces: { key_id: id, expires_at: oldExpiresAt.toISOString() } },
        `${secret}\n  ${key.id} in the place of ${id}, which ${
          oldExpiresAt <= new Date() ? 'has ended' : `is valid until ${minute(oldExpiresAt)}`
        }\n  It is shown this once.`,
      );
    });

const revokeCommand = (): Command =>
  new Command('revoke')
    .description('End a key at once, with its browser sessions and upload tokens. There is no way back.')
    .argument('<id>', 'the id of the key (key_…), or a key that has leaked itself (rm_…)')
    .option(...json)
    .addHelpText('after', '\nExample:\n  reelmill keys revoke key_01jd2m…')
    .action(async (named: string, options: { json: boolean }) => {
      const { id, last } = await withDatabase(async ({ keys }) => {
        const id = await keyIdOf(keys, named);
        return { id, last: await endKey(keys, id) };
      });
      const { result, say } = createOutput(options.json);
      result({ key_id: id, revoked: true }, `${id} is revoked`);
      if (last) say('No valid key has the scope admin now: "reelmill keys create --scopes admin …" makes one.');
    });

/** Revokes a key; gives whether it was the last with the scope admin. Whoever has the database cannot be locked out, so that is no hindrance here. */
async function endKey(keys: ApiKeys, id: string): Promise<boolean> {
  try {
    if (!(await keys.revoke(id, { keepAdmin: true }))) throw noSuchKey(id);
    return false;
  } catch (error) {
    if (!(error instanceof CatalogueError) || error.code !== 'KEY_CONFLICT') throw error;
    return keys.revoke(id, { keepAdmin: false });
  }
}

/** The id of a key that is named by its id or, where it has leaked and its id is not known, by itself. */
async function keyIdOf(keys: ApiKeys, text: string): Promise<string> {
  if (/^key_[0-9a-z]{1,40}$/.test(text)) return text;
  const owner = text.startsWith('rm_') ? await keys.owner(text) : null;
  if (owner) return owner.keyId;
  throw new UsageError(
    text.startsWith('rm_')
      ? 'this key is unknown, or has ended'
      : `"${text}" is no id of a key: "reelmill keys list" shows them`,
  );
}

const noSuchKey = (id: string) =>
  new UsageError(`there is no key ${id}: "reelmill keys list --all" shows those that there are`);
