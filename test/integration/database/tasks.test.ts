import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Artefact, TakenTask, TaskRef } from '../../../src/jobs/services.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { seedVideo } from '../../support/seed-video.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

const port = (workerId = 'wrk_1') => open.database.jobPorts(workerId);
const probeOf = async () => {
  const { videoId, runId } = await seedVideo(open.database, 'uploaded');
  return { videoId, runId, name: 'probe' };
};
const artefact = (key: string, changes: Partial<Artefact> = {}): Artefact => ({
  kind: 'segment',
  rendition: 'h264/720p',
  segmentIndex: 0,
  key,
  size: 5_000_000_000,
  sha256: 'ab',
  facts: { frames: 96, initSha256: 'i1' },
  ...changes,
});
const row = async (task: { runId: string; name: string }) => {
  const [found] = await open.query('SELECT * FROM transcoding_tasks WHERE run_id = $1 AND name = $2', [
    task.runId,
    task.name,
  ]);
  return found;
};

describe('fences', () => {
  test('the latest taker may commit, the one before may not: FENCE_LOST', async () => {
    const ref = await probeOf();
    const older = await port('wrk_1').tasks.take(ref);
    const newer = await port('wrk_2').tasks.take(ref);
    expect([older.fence, newer.fence, newer.id]).toEqual([1, 2, older.id]);

    const keys = [artefact('segments/old')];
    await expect(port('wrk_1').tasks.commit(older, keys)).rejects.toMatchObject({ code: 'FENCE_LOST' });
    await port('wrk_2').tasks.commit(newer, [artefact('segments/new')]);
    expect(await row(ref)).toMatchObject({
      status: 'completed',
      worker_id: 'wrk_2',
      progress: 1,
      output_key: 'segments/new',
    });
    expect((await port().runs.artefacts(ref.runId, 'segment')).map(({ key }) => key)).toEqual(['segments/new']);
    await expect(port('wrk_1').tasks.commit(older, keys)).rejects.toMatchObject({ code: 'FENCE_LOST' });
  });

  test('of two who take and commit at once, exactly one commits', async () => {
    const ref = await probeOf();
    const takers = ['wrk_1', 'wrk_2', 'wrk_3'].map(async (workerId) => {
      const task = await port(workerId).tasks.take(ref);
      if (!task.committed) await port(workerId).tasks.commit(task, [artefact(`segments/${workerId}`)]);
      return task.committed ? 'found it done' : workerId;
    });
    const results = await Promise.allSettled(takers);
    const winners = results.filter((result) => result.status === 'fulfilled' && result.value !== 'found it done');
    expect(winners).toHaveLength(1);
    expect(await port().runs.artefacts(ref.runId, 'segment')).toHaveLength(1);
  });

  test('a committed task is found done, and the same fence may commit again', async () => {
    const ref = await probeOf();
    const { tasks, runs } = port();
    const task = await tasks.take(ref);
    await tasks.commit(task, [artefact('segments/a')]);
    await tasks.commit(task, [artefact('segments/a')]);
    expect(await tasks.take(ref)).toEqual({ ...task, committed: true });
    expect(await runs.artefacts(ref.runId, 'segment')).toEqual([artefact('segments/a')]);
  });

  test('RUN_SUPERSEDED: a run that is over gives no tasks, and neither does one that never had them', async () => {
    const ref = await probeOf();
    await expect(port().tasks.take({ ...ref, name: 'encode.nowhere' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await open.database.runs.rebuild(ref.runId, 'the queue was lost');
    await expect(port().tasks.take(ref)).rejects.toMatchObject({ code: 'RUN_SUPERSEDED', permanent: true });
    const failed = await seedVideo(open.database, 'failed');
    await expect(port().tasks.take({ ...failed, name: 'split' })).rejects.toMatchObject({ code: 'RUN_SUPERSEDED' });
  });
});

describe('commits of one process share transactions', () => {
  test('and each gets its own answer', async () => {
    const refs = await Promise.all(Array.from({ length: 20 }, probeOf));
    const { tasks } = port();
    const taken = await Promise.all(refs.map((ref) => tasks.take(ref)));
    const lost = taken[7];
    if (!lost) throw new Error('nothing was taken');
    await port('wrk_2').tasks.take(lost);
    const results = await Promise.allSettled(
      taken.map((task, index) => {
        // A NUL that somebody forgot in a key fails its own task only.
        const key = index === 9 ? 'segments/\0' : `segments/${index}`;
        return tasks.commit(task, [artefact(key), artefact(`${key}.init`, { kind: 'init', sha256: 'i1' })]);
      }),
    );
    const refused = results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []));
    expect(refused).toEqual([7, 9]);
    expect(results[7]).toMatchObject({ reason: { code: 'FENCE_LOST' } });
    expect(await row(refs[8] ?? lost)).toMatchObject({ status: 'completed' });
    expect(await row(refs[9] ?? lost)).toMatchObject({ status: 'running' });
  });

  test('ENCODE_INIT_MISMATCH: every init of a rendition must be the same, whoever commits first', async () => {
    const { videoId, runId } = await seedVideo(open.database, 'transcoding');
    const take = (name: string, worker: string) => port(worker).tasks.take({ videoId, runId, name });
    const [a, b, c] = [await take('probe', 'wrk_1'), await take('split', 'wrk_2'), await take('package', 'wrk_3')];
    const commit = (task: TakenTask, worker: string, initSha256: string) =>
      port(worker).tasks.commit(task, [artefact(`segments/${task.name}`, { facts: { initSha256 } })]);

    const results = await Promise.allSettled([commit(a, 'wrk_1', 'i1'), commit(b, 'wrk_2', 'i2')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'ENCODE_INIT_MISMATCH' },
    });
    const first = results[0]?.status === 'fulfilled' ? 'i1' : 'i2';
    await commit(c, 'wrk_3', first);
    expect(await port().runs.artefacts(runId, 'segment')).toHaveLength(2);
  });
});

describe('deaths', () => {
  const take = (worker: string, ref: TaskRef) => port(worker).tasks.take(ref);
  const commit = async (worker: string, ref: TaskRef) => port(worker).tasks.commit(await take(worker, ref), []);
  const manyProbes = (count: number) => Promise.all(Array.from({ length: count }, probeOf));
  const poisoned = { code: 'TASK_POISONED', permanent: true };
  /** Workers that take all of these and are killed, one after the other. */
  const die = async (times: number, refs: TaskRef[], from = 0) => {
    for (let death = from; death < from + times; death += 1) {
      for (const ref of refs) await take(`wrk_${refs[0]?.runId}_${death}`, ref);
    }
  };

  test('the only worker dies four times under every task that it holds: all are done by the fifth', async () => {
    const refs = await manyProbes(4);
    await die(4, refs);
    for (const ref of refs) await commit('wrk_last', ref);
    for (const ref of refs) expect(await row(ref)).toMatchObject({ status: 'completed', deaths: 4, fence: 5 });
  });

  test('so it is where one long task is in hand each time, and the others are committed in between', async () => {
    const long = await probeOf();
    for (let death = 0; death < 4; death += 1) {
      const short = await probeOf();
      await die(1, [long, short], death);
      await commit('wrk_other', short);
    }
    await commit('wrk_last', long);
    expect(await row(long)).toMatchObject({ status: 'completed', deaths: 4 });
  });

  test('a task that kills its workers, while their other tasks are committed elsewhere, is poison at the fifth', async () => {
    const pill = await probeOf();
    for (let death = 0; death < 5; death += 1) {
      const others = await manyProbes(2);
      await die(1, [pill, ...others], death);
      for (const other of others) await commit('wrk_other', other);
    }
    await expect(take('wrk_last', pill)).rejects.toMatchObject(poisoned);
    expect(await row(pill)).toMatchObject({ deaths: 5, fence: 6 });
  });

  test('TASK_POISONED: a task that was alone in hand each time is poison at the tenth', async () => {
    const pill = await probeOf();
    await die(10, [pill]);
    await expect(take('wrk_last', pill)).rejects.toMatchObject({ code: 'TASK_POISONED', permanent: true });
  });

  test('where all die together each time, the twentieth ends it, for one of them', async () => {
    const [pill, other] = [await probeOf(), await probeOf()];
    await die(20, [pill, other]);
    await expect(take('wrk_last', pill)).rejects.toMatchObject(poisoned);
    await open.database.tasks.failed(pill, { code: 'TASK_POISONED', detail: 'many workers died' });
    await commit('wrk_last', other);
    expect(await row(other)).toMatchObject({ status: 'completed', deaths: 20 });
  });

  test('a retry begins to count anew', async () => {
    const pill = await probeOf();
    await die(10, [pill]);
    await expect(take('wrk_last', pill)).rejects.toMatchObject(poisoned);
    await open.database.tasks.failed(pill, { code: 'TASK_POISONED', detail: 'many workers died' });
    await open.database.runs.reopen(pill);
    await take('wrk_1', pill);
    expect(await row(pill)).toMatchObject({ deaths: 0, died_with: [] });
  });

  test('errors and hand-backs are no deaths', async () => {
    const ref = await probeOf();
    const { tasks } = port();
    for (let round = 0; round < 4; round += 1) {
      await tasks.take(ref);
      await open.database.tasks.retrying(ref, { code: 'PROCESS_FAILED', detail: 'ffmpeg said\0 no' });
      expect(await row(ref)).toMatchObject({
        status: 'retrying',
        error_detail: 'ffmpeg said no',
        retry_count: round + 1,
      });
      await tasks.take(ref);
      await open.database.tasks.released(ref);
      expect(await row(ref)).toMatchObject({ status: 'pending', deaths: 0 });
    }
  });
});

describe('progress', () => {
  test('rises, is written for all tasks together, and never goes back', async () => {
    const [one, two] = [await probeOf(), await probeOf()];
    const { tasks, flush } = port();
    const [a, b] = [await tasks.take(one), await tasks.take(two)];
    tasks.progress(a, 0.5);
    tasks.progress(a, 0.4);
    tasks.progress(b, 7);
    expect(await row(one)).toMatchObject({ progress: 0 });
    await flush();
    expect([(await row(one))?.progress, (await row(two))?.progress]).toEqual([0.5, 1]);

    const again = await tasks.take(one);
    tasks.progress(a, 0.9);
    await flush();
    expect(await row(one)).toMatchObject({ progress: 0.5 }); // the older delivery has no say any more
    tasks.progress(again, 0.2);
    await flush();
    expect(await row(one)).toMatchObject({ progress: 0.5 });
  });
});
