import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClosers } from '../../src/lifecycle.ts';
import { type ApiProcess, type PostAnswer, startApiProcess } from '../support/api-process.ts';
import { testFolder } from '../support/folder.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { until } from '../support/queue.ts';
import { tinyVideo } from '../support/tiny-video.ts';

const closers = createClosers();
const atEnd = (close: () => Promise<void>) => closers.push('test', close);
const scopes = ['videos:read', 'videos:write'] as const;

let place: OpenTestDatabase;
let first: ApiProcess;
let second: ApiProcess;
beforeAll(async () => {
  place = await openTestDatabase();
  atEnd(() => place.close());
  const settings = {
    DATABASE_URL: place.url,
    REDIS_URL: '',
    STORAGE_URL: pathToFileURL(await testFolder('api-crash', atEnd)).href,
    REELMILL_SECRET: 'a secret of tests, long enough for all',
    RATE_LIMIT_CREATE: '16',
  };
  [first, second] = await Promise.all([startApiProcess(settings, atEnd), startApiProcess(settings, atEnd)]);
});
afterAll(() => closers.closeAll());

const newKey = (creatorId: string) => place.database.keys.create({ creatorId, plan: 'standard', scopes, name: 'test' });
const path = '/api/v1/videos/upload';
const upload = (title: string, bytes = 1_000) => ({ filename: 'clip.mp4', file_size_bytes: bytes, title });
const codeOf = ({ status, text }: PostAnswer) => (status < 300 ? 'ok' : JSON.parse(text).code);

test('of many same requests at two processes one is executed, and both count for one limit', async () => {
  const key = await newKey('crowd');
  const send = (index: number, idempotencyKey?: string) =>
    (index % 2 ? first : second).post(path, { key, body: upload('Crowd'), idempotencyKey });
  const answers = await Promise.all(Array.from({ length: 16 }, (_, index) => send(index, 'crowd')));
  expect(answers.map(codeOf).filter((code) => code !== 'IDEMPOTENCY_IN_FLIGHT')).toContain('ok');
  expect(new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text)).size).toBe(1);
  expect(await place.query(`SELECT id FROM videos WHERE creator_id = 'crowd'`)).toHaveLength(1);
  // RATE_LIMIT_CREATE is used up: at either process.
  expect([await send(0), await send(1)].map(codeOf)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
});

test('a process that is killed between row and answer, or answer and sending, leaves nothing double and nothing undone', async () => {
  const key = await newKey('crash');
  const locks = await openLocks();
  const arrived = await sentUpload(first, key);
  const requests = {
    answered: { path, body: upload('Its answer is written and not sent'), status: 201 },
    made: { path, body: upload('It is made and has no answer'), status: 201 },
    begun: { path, body: upload('It is begun'), status: 201 },
    joined: { path: `${arrived.base}/complete`, body: { parts: arrived.parts }, status: 202 },
  };
  type Name = keyof typeof requests;
  const send = (api: ApiProcess, name: Name) =>
    api.post(requests[name].path, { key, body: requests[name].body, idempotencyKey: name });
  const sendAndLose = (name: Name) => void send(first, name).catch(() => undefined);

  // Two that have made their video wait to write their answer; two others wait to write their row.
  const inserts = await locks.take('LOCK TABLE videos IN EXCLUSIVE MODE');
  for (const name of ['answered', 'made'] as const) sendAndLose(name);
  await inserts.hold(2);
  const rowOf = (name: Name) =>
    `SELECT FROM idempotent_requests WHERE key = encode(sha256('${name}'), 'hex') FOR UPDATE`;
  const answerOf = { answered: await locks.take(rowOf('answered')), made: await locks.take(rowOf('made')) };
  await inserts.letGo();
  await Promise.all([answerOf.answered.hold(1), answerOf.made.hold(1)]);
  const rows = await locks.take('LOCK TABLE videos IN EXCLUSIVE MODE');
  for (const name of ['begun', 'joined'] as const) sendAndLose(name);
  await rows.hold(2);

  await first.kill9();
  // A statement that Postgres has is done, although nobody waits for it any more; but for this one.
  await answerOf.made.endThoseWhoWait();
  for (const lock of [answerOf.answered, answerOf.made, rows]) await lock.letGo();
  await until('nobody waits', 30_000, async () => (await locks.waiting()) === 0);
  const madeBefore = await videosOf('It is made and has no answer');
  expect(madeBefore).toHaveLength(1);

  const names: Name[] = ['answered', 'made', 'begun', 'joined'];
  const atOnce = await Promise.all(names.map((name) => send(second, name)));
  expect(atOnce.map(codeOf)).toEqual(['ok', 'IDEMPOTENCY_IN_FLIGHT', 'IDEMPOTENCY_IN_FLIGHT', 'IDEMPOTENCY_IN_FLIGHT']);
  expect(atOnce[0]?.headers.get('idempotency-replayed')).toBe('true');

  // The lease of the dead passes.
  await place.query('UPDATE idempotent_requests SET locked_until = now() WHERE status IS NULL');
  const answers = await Promise.all(names.map((name) => send(second, name)));
  expect(answers.map(({ status }) => status)).toEqual(names.map((name) => requests[name].status));
  expect(await Promise.all(names.map((name) => send(second, name).then(({ text }) => text)))).toEqual(
    answers.map(({ text }) => text),
  );

  for (const [index, name] of (['answered', 'made', 'begun'] as const).entries()) {
    const { title } = requests[name].body;
    const [video, ...more] = await videosOf(title);
    expect(more).toEqual([]);
    expect(JSON.parse(answers[index]?.text ?? '')).toMatchObject({ video_id: video?.id, upload_id: video?.upload_id });
  }
  expect(await videosOf('It is made and has no answer')).toEqual(madeBefore);
  expect(await place.query('SELECT video_id FROM runs')).toEqual([{ video_id: arrived.id }]);
  expect(await place.query(`SELECT video_id FROM outbox WHERE topic = 'run.submit'`)).toEqual([
    { video_id: arrived.id },
  ]);
});

const videosOf = (title: string) => place.query('SELECT id, upload_id FROM videos WHERE title = $1', [title]);

async function sentUpload(api: ApiProcess, key: string) {
  const content = tinyVideo('crash');
  const created = await api.post(path, { key, body: upload('Its parts are joined', content.length) });
  const { video_id: id, upload_url } = JSON.parse(created.text);
  const { headers } = await fetch(upload_url, { method: 'PUT', body: content });
  return { id, base: `/api/v1/videos/${id}/upload`, parts: [{ part_number: 1, etag: headers.get('etag') }] };
}

/** Locks that stop the statements of others where they are. */
async function openLocks() {
  const pool = new pg.Pool({ connectionString: place.url, max: 5 });
  pool.on('error', () => {});
  atEnd(() => pool.end());
  const waiting = async (holder?: number) => {
    const { rows } = await pool.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0
          AND ($1::int IS NULL OR $1 = ANY (pg_blocking_pids(pid)))`,
      [holder ?? null],
    );
    return Number(rows[0]?.n);
  };
  return {
    waiting: () => waiting(),
    async take(statement: string) {
      const client = await pool.connect();
      await client.query('BEGIN');
      await client.query(statement);
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      const pid = Number(rows[0]?.pid);
      return {
        /** Until so many wait for it. */
        hold: (most: number) => until('they wait', 30_000, async () => (await waiting(pid)) >= most),
        endThoseWhoWait: () =>
          pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))', [
            pid,
          ]),
        async letGo() {
          await client.query('COMMIT');
          client.release();
        },
      };
    },
  };
}
