import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { exitCodeFor, exitCodes } from '../../../src/cli/exit-codes.ts';
import { program } from '../../../src/cli/main.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { testFolder } from '../../support/folder.ts';
import { unmigratedDatabase } from '../../support/postgres.ts';
import { jsonLines, reelmill } from '../../support/reelmill.ts';

let api: TestApi;
const home = await testFolder('keys', afterAll);
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
});
afterAll(() => api?.stop());

/** Runs a command as on a machine of the deployment, within this process: what it writes, and what it ended with. */
async function run(args: string[], environment: Record<string, string> = {}) {
  const settings = { DATABASE_URL: api.urls.databaseUrl, REELMILL_HOME: home, NODE_ENV: 'production', ...environment };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += text;
      return true;
    });
  }
  const error: unknown = await program()
    .parseAsync(['node', 'reelmill', ...args])
    .then(
      () => null,
      (thrown) => thrown,
    );
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  return { ...written, code: error === null ? exitCodes.ready : exitCodeFor(error), error: String(error) };
}
const status = async (key: string, path = '/api/v1/videos') => (await api.call('GET', path, { key })).status;

test('a deployment’s first key, its rotation without a gap, and its end', async () => {
  const created = await reelmill(
    ['keys', 'create', '--creator', 'ops', '--name', 'first', '--scopes', 'admin,videos:read'],
    {
      ...{ DATABASE_URL: api.urls.databaseUrl, REELMILL_HOME: home, NODE_ENV: 'production' },
    },
  );
  expect(created).toMatchObject({ code: 0, stderr: '' });
  const [, key = '', id = ''] =
    /^(rm_\S{43})\n {2}(key_\S+) of ops: videos:read, admin; valid\n/.exec(created.stdout) ?? [];
  expect(created.stdout).toContain('shown this once');
  expect([await status(key), await status(key, '/api/v1/keys')]).toEqual([200, 200]);

  const listed = await run(['keys', 'list']);
  expect(listed.stdout).toMatch(
    new RegExp(`^ID +CREATOR .*\n${id} +ops +first +standard +videos:read,admin +valid +20`),
  );
  expect(listed.stdout).not.toContain(key.slice(3));

  const rotated = await run(['keys', 'rotate', id, '--overlap', '2h', '--json']);
  const [next] = jsonLines(rotated.stdout);
  expect(next).toMatchObject({
    creator_id: 'ops',
    scopes: ['videos:read', 'admin'],
    state: 'valid',
    replaces: { key_id: id },
  });
  expect([await status(key), await status(String(next?.key))]).toEqual([200, 200]);

  // A key that has leaked is known by itself.
  const revoked = await run(['keys', 'revoke', key]);
  expect(revoked).toMatchObject({ code: 0, stdout: `${id} is revoked\n` });
  expect([await status(key), await status(String(next?.key))]).toEqual([401, 200]);
  const last = await run(['keys', 'revoke', String(next?.key_id), '--json']);
  expect(jsonLines(last.stdout)).toEqual([{ key_id: next?.key_id, revoked: true }]);
  expect(last.stderr).toContain('No valid key has the scope admin now: "reelmill keys create --scopes admin …"');
});

test.each([
  [['create', '--creator', 'a b', '--name', 'x'], /--creator must be 1 to 128 printable/],
  [['create', '--creator', 'a', '--name', ' '], /--name must not be empty/],
  [['create', '--creator', 'a'], /required option '--name <text>'/],
  [
    ['create', '--creator', 'a', '--name', 'x', '--scopes', 'all'],
    /"all" is no scope; there are videos:read, videos:write, /,
  ],
  [
    ['create', '--creator', 'a', '--name', 'x', '--expires-in', '0d'],
    /--expires-in: a key that has ended is of no use/,
  ],
  [['revoke', 'key_none'], /there is no key key_none: "reelmill keys list --all"/],
  [['rotate', 'rm_unknown'], /this key is unknown, or has ended/],
  [['rotate', 'key_none', '--overlap', 'long'], /--overlap "long" is no time span/],
  [['revoke', '../x'], /"\.\.\/x" is no id of a key/],
])('keys %j is a usage error', async (args, words) => {
  const { code, stdout, stderr, error } = await run(['keys', ...args]);
  expect({ code, stdout }).toEqual({ code: exitCodes.usage, stdout: '' });
  // Commander says itself what it refuses.
  expect(`${stderr}${error}`).toMatch(words);
});

test('without tables it says what to do', async () => {
  const empty = await unmigratedDatabase();
  try {
    const { code, error } = await run(['keys', 'create', '--creator', 'a', '--name', 'x'], {
      DATABASE_URL: empty.url,
    });
    expect([code, error]).toEqual([4, expect.stringContaining('run "reelmill migrate" first')]);
  } finally {
    await empty.drop();
  }
});

test('login opens a session with the scopes of a key of the deployment', async () => {
  const { key } = await api.database.keys.issue({ creatorId: 'ops', plan: 'free', scopes: ['operate'], name: 'board' });
  const { code, stdout, stderr } = await run(['login', '--key-id', key.id], { PUBLIC_URL: `${api.url}/` });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.startsWith(`${api.url}/login?token=`)).toBe(true);
  const opened = await fetch(stdout.trim(), { redirect: 'manual' });
  expect([opened.status, opened.headers.get('location')]).toEqual([303, '/admin/queues']);
  const [cookie = ''] = (opened.headers.get('set-cookie') ?? '').split(';');
  const seen = async (path: string) => (await api.call('GET', path, { headers: { cookie } })).status;
  expect([
    await seen('/admin/queues'),
    await seen('/metrics'),
    await seen('/api/v1/keys'),
    await seen('/api/v1/videos'),
  ]).toEqual([200, 200, 403, 200]);

  const reader = await api.database.keys.issue({ creatorId: 'a', plan: 'free', scopes: ['videos:read'], name: '' });
  const other = await run(['login', '--key-id', reader.key.id, '--json'], { API_PORT: '81' });
  expect(other.stderr).toBe(
    `PUBLIC_URL is not set: the link is for http://127.0.0.1:81\n${reader.key.id} lacks the scope operate, which the queue board asks for\n`,
  );
  expect(jsonLines(other.stdout)).toEqual([
    { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:81\/login\?token=login_/) },
  ]);
});
