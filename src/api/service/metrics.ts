import { Router } from 'express';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Counts, Database } from '../../database/database.ts';
import { taskStatuses } from '../../database/task-statuses.ts';
import { videoStatuses } from '../../database/video-state.ts';
import { isErrorCode } from '../../errors/catalogue.ts';
import { within } from '../../flows/time-out.ts';
import { queueNames } from '../../jobs/queues.ts';
import { type AuthServices, requireScope } from '../access/auth.ts';
import type { BoardQueues } from './board.ts';

const queueStates = ['waiting', 'prioritized', 'waiting-children', 'active', 'delayed', 'failed'] as const;
const queueTimeoutMs = 2_000;

interface Options extends AuthServices {
  database: Database;
  queues: BoardQueues;
  registry: Registry;
}

/** The registry of one API process, with what Node tells of it. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/**
 * `GET /metrics` in Prometheus' text format, for operators: how many videos and failures there are is nobody else's business. Counted when
 * it is asked, from rows and queue. Every label is of a fixed list.
 */
export function metricsRoutes({ database, settings, queues, registry }: Options): Router {
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Gauge({ name: `reelmill_${name}`, help, labelNames, registers: [registry] });
  const workers = gauge('workers', 'Workers that live, by what confines their tools.', ['fleet', 'sandbox']);
  const videos = gauge('videos', 'Videos, by status.', ['status']);
  const failed = gauge('videos_failed', 'Videos that have failed, by the code of their error.', ['code']);
  const tasks = gauge('tasks', 'Tasks of the runs that are open, by status.', ['status']);
  const jobs = gauge('queue_jobs', 'Jobs in the queue, by state.', ['queue', 'state']);
  const queueUp = gauge('queue_up', '1 where the queue answers.', []);

  return Router().get('/metrics', requireScope({ database, settings }, 'operate'), async (_request, response) => {
    const [live, counts, states] = await Promise.all([
      database.workers.live(),
      database.counts(),
      queueCounts(queues).catch(() => null), // away: the rows are worth telling all the same
    ]);
    for (const each of [workers, failed, jobs]) each.reset();
    for (const { fleet, sandbox, count } of live) workers.set({ fleet, sandbox }, count);
    for (const status of videoStatuses) videos.set({ status }, countOf(counts.videos, status));
    for (const status of taskStatuses) tasks.set({ status }, countOf(counts.tasks, status));
    for (const [code, count] of failuresByCode(counts.failed)) failed.set({ code }, count);
    for (const { queue, state, count } of states ?? []) jobs.set({ queue, state }, count);
    queueUp.set(states ? 1 : 0);
    response.set({ 'content-type': registry.contentType, 'cache-control': 'no-store' }).send(await registry.metrics());
  });
}

const countOf = <Status extends string>(rows: { status: Status; count: number }[], status: Status): number =>
  rows.find((row) => row.status === status)?.count ?? 0;

/** Pure: how many failed with each code of the catalogue; codes of other versions are one, `OTHER`. */
export function failuresByCode(rows: Counts['failed']): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { code, count } of rows) {
    const known = isErrorCode(code) ? code : 'OTHER';
    counts.set(known, (counts.get(known) ?? 0) + count);
  }
  return counts;
}

async function queueCounts(queues: BoardQueues): Promise<{ queue: string; state: string; count: number }[]> {
  const asked = queueNames.map(async (queue) => {
    const counts = await queues.queue(queue).getJobCounts(...queueStates);
    return queueStates.map((state) => ({ queue, state, count: counts[state] ?? 0 }));
  });
  return (await within(queueTimeoutMs, 'queue: counts', Promise.all(asked))).flat();
}
