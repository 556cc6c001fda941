import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { type Express, Router } from 'express';
import type { Database } from '../../database/database.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import type { QueueConnection } from '../../flows/connect-queues.ts';
import { parseJobId } from '../../jobs/define-job.ts';
import { queueNames } from '../../jobs/queues.ts';
import { boardPage } from './board-page.ts';
import { type BoardAction, boardRequest } from './board-rules.ts';

export const boardPath = '/admin/queues';

/** The queues as the API sees them: to look at, and for the board's two allowed actions. */
export type BoardQueues = Pick<QueueConnection, 'queue' | 'state' | 'ping'>;

interface Options {
  queues: BoardQueues;
  database: { runs: Pick<Database['runs'], 'reopen'> };
}

/** Bull Board behind its allow-list. It has no auth of its own: mount it behind `requireScope('operate')`. */
export function boardRoutes(options: Options): Router {
  const adapter = new ExpressAdapter().setBasePath(boardPath);
  createBullBoard({
    queues: queueNames.map((name) => new BullMQAdapter(options.queues.queue(name))),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Reelmill queues', hideDocsLink: true } },
  });
  const board: Express = adapter.getRouter();
  board.engine('ejs', boardPage);
  return Router()
    .use(async (request, _response, next) => {
      const asked = boardRequest(request.method, request.path);
      if (!asked) throw refused(`${request.method} ${request.path} is not allowed.`);
      if (asked.act) await prepare(options, asked);
      next();
    })
    .use(board);
}

/** What must be so before the board acts. A failed job's run is closed: it is opened first, or the job would be given up at once. */
async function prepare({ queues, database }: Options, asked: BoardAction): Promise<void> {
  const state = await queues.state({ queue: asked.queue, id: asked.jobId });
  if (state === 'unknown') return; // the board's to answer
  if (state !== asked.state) throw refused(`The job is ${state}, not ${asked.state}.`);
  const task = parseJobId(asked.jobId);
  if (!task) throw refused(`${asked.jobId} is not a task of ours.`);
  if (asked.state === 'failed') await database.runs.reopen(task);
}

const refused = (detail: string) => new CatalogueError('QUEUE_ACTION_REFUSED', detail);
