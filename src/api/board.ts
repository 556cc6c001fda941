import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { Router } from 'express';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { QueueConnection } from '../flows/connect-queues.ts';
import { queueNames } from '../jobs/queues.ts';
import { boardRequest } from './board-rules.ts';

export const boardPath = '/admin/queues';

/** The queues as the API sees them: to look at, and for the board's two allowed actions. */
export type BoardQueues = Pick<QueueConnection, 'queue' | 'state' | 'ping'>;

/** Bull Board behind its allow-list. It has no auth of its own: mount it behind `requireOperator`. */
export function boardRoutes(queues: BoardQueues): Router {
  const adapter = new ExpressAdapter().setBasePath(boardPath);
  createBullBoard({
    queues: queueNames.map((name) => new BullMQAdapter(queues.queue(name))),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Reelmill queues', hideDocsLink: true } },
  });
  return Router()
    .use(async (request, _response, next) => {
      const asked = boardRequest(request.method, request.path);
      if (!asked) throw refused(`${request.method} ${request.path} is not allowed.`);
      if (asked.act) {
        const state = await queues.state({ queue: asked.queue, id: asked.jobId });
        // An unknown job is the board's to answer.
        if (state !== asked.state && state !== 'unknown') throw refused(`The job is ${state}, not ${asked.state}.`);
      }
      next();
    })
    .use(adapter.getRouter());
}

const refused = (detail: string) => new CatalogueError('QUEUE_ACTION_REFUSED', detail);
