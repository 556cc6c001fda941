// needs: redis-server, swift
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { loginLinks } from '../../../src/local/login-links.ts';
import { createLog } from '../../../src/log.ts';
import { makeClip } from '../../support/clips.ts';
import { cloneDatabase } from '../../support/postgres-databases.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { testRedis } from '../../support/redis.ts';
import { startSwift } from '../../support/swift.ts';
import { startUp } from '../../support/up.ts';

/** What an answer may never show: our stack, our folders, what we run on. */
const inner = /\bat \S+ \(|node_modules|\.[tj]s:\d|file:\/\/|\/src\/|express\/|node\/v?\d|x-powered-by/i;

test('no secret is in a log, an answer, a metric, the board or a list of processes, whatever fails', async () => {
  const word = () => `canary${randomBytes(16).toString('hex')}`;
  const lasting = { postgres: word(), redis: word(), secret: word() };
  const [postgres, redis, swift] = await Promise.all([startPostgres(), testRedis(), startSwift()]);
  onTestFinished(async () => void (await Promise.all([postgres.stop(), redis.stop(), swift.stop()])));
  const databaseUrl = await withPassword(await cloneDatabase(postgres.url), lasting.postgres);
  const client = new Redis(redis.url);
  await client.config('SET', 'requirepass', lasting.redis);
  client.disconnect();
  const bucket = await swift.bucket();
  const up = await startUp('canaries', {
    LOG_LEVEL: 'trace',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redis.url.replace('://', `://:${lasting.redis}@`),
    REELMILL_SECRET: lasting.secret,
    STORAGE_URL: `s3://${bucket}/films?endpoint=${swift.url}&region=${swift.region}`,
    ...swift.environment,
  });
  const { api_url: url, api_key: key } = up.run;

  /** What is given out once, to whoever asked for it: in his answer, and nowhere else. */
  const handedOut: string[] = [];
  const answers: string[] = [];
  const ask = async (method: string, path: string, { as = key, body, headers }: Asked = {}) => {
    const response = await fetch(path.startsWith('http') ? path : `${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(as && { authorization: `Bearer ${as}` }),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      body: body ? JSON.stringify(body) : undefined,
    });
    const text = await response.text();
    // What was sent may be sent back, as far as it is no secret: here it is one wherever it stands.
    const known = handedOut.filter((secret) => !path.includes(secret));
    const said = `${method} ${path} ${response.status}\n${JSON.stringify([...response.headers])}\n${text}`;
    for (const secret of [...Object.values(lasting), swift.secretAccessKey, key, ...known]) {
      if (said.includes(secret)) throw new Error(`${secret} is in an answer: ${said}`);
    }
    answers.push(said);
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  };
  const handOut = (...secrets: (string | undefined)[]) => {
    for (const secret of secrets) handedOut.push(secret ?? expect.fail('nothing was handed out'));
  };

  // What it gives out: keys, links, sessions, signed URLs and tokens.
  const made = await ask('POST', '/api/v1/keys', {
    body: { name: 'app', creator_id: 'anna', scopes: ['videos:read', 'videos:write'] },
  });
  expect(made.status).toBe(201);
  const [annas = ''] = /rm_[\w-]{20,}/.exec(made.text) ?? [];
  handOut(annas);
  const [link = ''] = await loginLinks(up.run, ['/admin/queues'], createLog({ level: 'silent', name: 'test' }));
  const login = new URL(link).searchParams.get('token') ?? '';
  handOut(login);
  const opened = await ask('GET', link, { as: '' });
  const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  handOut(cookie.split('=')[1]);
  await ask('GET', link, { as: '' });

  const [film] = await up.ingest(await makeClip({ name: 'canary', seconds: 2, size: '320x180' }));
  expect(film).toMatchObject({ status: 'ready' });
  const id = String(film?.video_id);
  await sql(databaseUrl, `UPDATE videos SET playback = 'signed' WHERE id = '${id}'`);
  const playback = await ask('POST', `/api/v1/videos/${id}/playback`, { body: { expires_in_seconds: 600 } });
  const hls = playback.json().hls_url;
  handOut(/~\d+\.([\w-]{43})/.exec(hls)?.[1]);
  expect((await ask('GET', hls, { as: '' })).status).toBe(200);
  expect((await ask('GET', hls.replace('/transcoded/vid_', '/transcoded/vid_0'), { as: '' })).status).toBe(403);
  expect((await ask('GET', hls.replace(/\/media\/~/, '/media/x~'), { as: '' })).status).toBe(404);
  const upload = await ask('POST', '/api/v1/videos/upload', {
    as: annas,
    body: { filename: 'a.mp4', file_size_bytes: 5 },
  });
  const { upload_url: uploadUrl, video_id: annasVideo } = upload.json();
  handOut(new URL(uploadUrl).searchParams.get('X-Amz-Signature') ?? undefined);
  const token = await ask('POST', `/api/v1/videos/${annasVideo}/upload-token`, { as: annas, body: {} });
  handOut(token.json().token ?? token.json().upload_token);

  // Everything that is looked at, and what is refused.
  const wrong = word();
  const session = { as: '', headers: { cookie } };
  const roundTrip = async () => {
    const pages = ['/', '/docs', '/problems', '/metrics', '/readyz', '/admin/queues', '/admin/queues/api/queues'];
    const board = '/admin/queues/api/queues?activeQueue=control&status=completed&page=1';
    const parts = ['', '/status', '/tasks', '/runs', '/renditions'];
    const film = { filename: 'b.mp4', file_size_bytes: 5 };
    await Promise.all([
      ...[...pages, board].map((path) => ask('GET', path, session)),
      ...parts.map((rest) => ask('GET', `/api/v1/videos/${id}${rest}`)),
      ask('GET', `/api/v1/videos/${id}`, { as: wrong }),
      ask('GET', `/api/v1/videos/${annasVideo}`, { as: annas }),
      ask('GET', `/login?token=${wrong}&next=/`, { as: '' }),
      ask('GET', `/media/~${wrong}/transcoded/${id}/a.m3u8`, { as: '' }),
      ask('GET', `/api/v1/videos?cursor=${wrong}`, { headers: { cookie: `reelmill_session=${wrong}` } }),
      ask('POST', '/api/v1/videos/upload', { body: film, headers: { 'idempotency-key': wrong } }),
      ask('POST', `/api/v1/videos/${annasVideo}/upload/complete`, { as: annas, body: { parts: [] } }),
      ask('GET', hls, { as: '' }),
    ]);
  };
  await roundTrip();
  const { stdout: ps } = await promisify(execFile)('ps', ['-eww', '-o', 'args'], { maxBuffer: 16 * 2 ** 20 });
  const processes = ps.split('\n');
  expect(processes.some((line) => line.includes('reelmill'))).toBe(true);

  // One service after the other goes away.
  await Promise.all([swift.stop(), redis.stop()]);
  await roundTrip();
  await postgres.kill();
  await roundTrip();

  up.process.kill('SIGTERM');
  const { stderr } = await up.finished;
  const logs = `${stderr}\n${await logsBelow(up.home)}`;
  expect(logs).toContain(`"path":"/media/~/transcoded/${id}/`);
  expect(logs).toContain('"path":"/login"');
  expect(answers.some((answer) => / 503\n/.test(answer))).toBe(true);
  for (const secret of [...Object.values(lasting), swift.secretAccessKey, ...handedOut, key, wrong]) {
    expect(logs.split('\n').filter((line) => line.includes(secret))).toEqual([]);
    expect(processes.filter((line) => line.includes(secret))).toEqual([]);
  }
  for (const answer of answers) expect(/^\w+ (\/admin\/queues|\/docs)/.test(answer) ? '' : answer).not.toMatch(inner);
});

interface Asked {
  /** An API key; '' for none. */
  as?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** What all processes have logged into a home: everything in it but what keeps the secrets. */
async function logsBelow(home: string): Promise<string> {
  const names = await readdir(home, { recursive: true });
  const logs = names.filter((name) => name.endsWith('.log'));
  expect(logs.length).toBeGreaterThan(2);
  return (await Promise.all(logs.map((name) => readFile(join(home, name), 'utf8')))).join('\n');
}

/** The URL of the same database for a user of its own, who has this password. */
async function withPassword(url: string, password: string): Promise<string> {
  await sql(url, `CREATE ROLE canary LOGIN SUPERUSER PASSWORD '${password}'`);
  return Object.assign(new URL(url), { username: 'canary', password }).href;
}

async function sql(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}
