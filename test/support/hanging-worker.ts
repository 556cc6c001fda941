import { openTestSystem } from './queue.ts';
import { standInJobs } from './stand-in-jobs.ts';

/** A worker process that takes one encode, says so, and hangs: to be killed. */
const databaseUrl = process.env.DATABASE_URL ?? '';
const redisUrl = process.env.REDIS_URL || undefined;

const system = await openTestSystem({ databaseUrl, redisUrl });
const jobs = standInJobs({
  async encode({ payload, tasks }) {
    await tasks.take(payload);
    process.send?.(payload.name);
    await new Promise(() => setInterval(() => {}, 60_000));
  },
});
await system.startWorker(jobs, { queueNames: ['encode-cpu'], slots: 1 });
