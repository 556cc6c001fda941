import { randomUUID } from 'node:crypto';
import { FlowProducer, Queue, Worker } from 'bullmq';

/** Children per second of plain BullMQ: one parent, so many children that do nothing, from add to the parent's end. */
export async function rawChildrenPerSecond(redisUrl: string, children: number, concurrency: number): Promise<number> {
  const { hostname: host, port, username, password } = new URL(redisUrl);
  const connection = { host, port: Number(port), username, password, maxRetriesPerRequest: null };
  const name = `raw-${randomUUID()}`;
  const flow = new FlowProducer({ connection });
  const queue = new Queue(name, { connection });
  const worker = new Worker(name, async () => {}, { connection, concurrency });
  try {
    await Promise.all([flow.waitUntilReady(), worker.waitUntilReady()]);
    const run = async () => {
      const ended = new Promise<void>((resolve) => {
        const onDone = (job: { name: string }) => {
          if (job.name !== 'parent') return;
          worker.off('completed', onDone);
          resolve();
        };
        worker.on('completed', onDone);
      });
      const begun = performance.now();
      const child = { name: 'child', queueName: name, data: {} };
      await flow.add({ name: 'parent', queueName: name, children: Array.from({ length: children }, () => child) });
      await ended;
      return (performance.now() - begun) / 1_000;
    };
    await run(); // warm
    return children / (await run());
  } finally {
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
    await flow.close();
  }
}
