import { expect, test } from 'vitest';
import { ApiProblem, NoAnswer } from '../../../src/cli/api-client.ts';
import { ServiceMissing, UsageError } from '../../../src/cli/exit-codes.ts';
import { createPatience, mayPass, nextPause, reasonOf } from '../../../src/cli/patience.ts';
import { partRefusal } from '../../../src/cli/upload-file.ts';

const reason = { code: 'SOME_CODE', detail: 'why', hint: 'what to do', retryable: false };
const answered = (status: number) => new ApiProblem(status, reason);
const away = new NoAnswer('the API does not answer');

test.each([
  ['the connection broke', away, true],
  ['Postgres is away', answered(503), true],
  ['the API fell over it', answered(500), true],
  ['the API is set up wrongly', new ApiProblem(500, { ...reason, code: 'CONFIG_INVALID' }), false],
  ['it is asked too often', new ApiProblem(429, { ...reason, code: 'RATE_LIMITED', retryable: true }), true],
  ['it is at it', new ApiProblem(409, { ...reason, code: 'IDEMPOTENCY_IN_FLIGHT', retryable: true }), true],
  ['no such video', answered(404), false],
  ['a refused file', answered(422), false],
  ['a wrong key', new UsageError('key'), false],
  ['not our API', new ServiceMissing('answered 404 without a reason'), false],
  ['anything else', new Error('boom'), false],
])('trying again where %s: %s', (_, error, again) => {
  expect(mayPass(error)).toBe(again);
});

test.each([
  [1, 60_000, 250],
  [2, 60_000, 500],
  [5, 60_000, 4_000],
  [50, 60_000, 4_000],
  [50, 100, 100],
  [1, 0, null],
  [1, 60_000, 2_000, 2_000],
  [5, 60_000, 4_000, 2_000],
  [1, 1_000, 1_000, 2_000],
])(
  'after %i failures and with %i ms left: a pause of %s ms, where %s are asked for',
  (failures, leftMs, pause, asked = 0) => {
    expect(nextPause(failures, leftMs, asked)).toBe(pause);
  },
);

test.each([
  [503, '', true],
  [500, '{"code":"INTERNAL"}', true],
  [403, '{"code":"SIGNATURE_EXPIRED"}', true],
  [403, '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>', true],
  [403, '<Error><Code>SignatureDoesNotMatch</Code></Error>', false],
  [429, 'slow down', true],
  [409, '{"code":"UPLOAD_NOT_OPEN","detail":"gone"}', false],
  [400, '<Error><Code>EntityTooSmall</Code></Error>', false],
])('a part that the storage answers with %i %s: is tried again %s', (status, body, again) => {
  expect(mayPass(partRefusal(7, status, body))).toBe(again);
});

test('what a file is told of why: the reason of the API, or that it is away', () => {
  expect(reasonOf(answered(422))).toEqual(reason);
  expect(reasonOf(answered(503))).toMatchObject({ code: 'SERVICE_UNAVAILABLE', detail: 'the API answers 503: why' });
  const wrong = { ...reason, code: 'CONFIG_INVALID' };
  expect(reasonOf(new ApiProblem(500, wrong))).toEqual(wrong);
  expect(reasonOf(away)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', detail: 'the API does not answer' });
  expect(reasonOf(new UsageError('wrong key'))).toBeNull();
});

test('it goes on until a call succeeds, says so once, and is whole again after it', async () => {
  const said: string[] = [];
  const { insist } = createPatience({ ms: 2_000, onWait: (words) => void said.push(words) });
  for (let row = 1; row <= 2; row += 1) {
    const failures = [away, answered(500)];
    const work = async () => {
      const failure = failures.shift();
      if (failure) throw failure;
      return row;
    };
    expect(await insist(work)).toBe(row);
    expect(failures).toEqual([]);
  }
  expect(said).toEqual(Array(2).fill('the API does not answer; trying again for 2 s'));
});

test('it ends, for all calls together, and not before its time', async () => {
  const { insist } = createPatience({ ms: 300 });
  let calls = 0;
  const work = async () => {
    calls += 1;
    throw away;
  };
  const start = performance.now();
  await expect(insist(work)).rejects.toBe(away);
  expect(performance.now() - start).toBeGreaterThan(250);
  const spent = calls;
  expect(spent).toBeGreaterThan(1); // 3 where the machine is not busy
  await expect(insist(work)).rejects.toBe(away);
  expect(calls).toBe(spent + 1);
});

test('what cannot get better is not tried again', async () => {
  let calls = 0;
  const refused = createPatience().insist(async () => {
    calls += 1;
    throw answered(422);
  });
  await expect(refused).rejects.toMatchObject({ status: 422 });
  expect(calls).toBe(1);
});

test('it waits as long as it is told by who is asked too often, and that wait is none of its time', async () => {
  const { insist } = createPatience({ ms: 100 });
  const limited = new ApiProblem(429, { ...reason, retryable: true }, { retryAfterMs: 150 });
  const failures: Error[] = [limited, limited, away];
  const start = performance.now();
  const done = await insist(async () => {
    const failure = failures.shift();
    if (failure) throw failure;
    return 'done';
  });
  expect(done).toBe('done');
  expect(performance.now() - start).toBeGreaterThan(300);
});
