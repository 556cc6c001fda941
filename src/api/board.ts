import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { Router } from 'express';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { QueueConnection } from '../flows/connect-queues.ts';
import { queueNames } from '../jobs/queues.ts';
import { boardAllows } from './board-rules.ts';

export const boardPath = '/admin/queues';

/** The queues as the API sees them: to look at, and for the board's two allowed actions. */
export type BoardQueues = Pick<QueueConnection, 'queue' | 'ping'>;

/** Bull Board behind its allow-list. It has no auth of its own: mount it behind `requireOperator`. */
export function boardRoutes(queues: BoardQueues): Router {
  const adapter = new ExpressAdapter().setBasePath(boardPath);
  createBullBoard({
    queues: queueNames.map((name) => new BullMQAdapter(queues.queue(name))),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Reelmill queues', hideDocsLink: true } },
  });
  return Router()
    .use((request, _response, next) => {
      if (!boardAllows(request.method, request.path)) {
        throw new CatalogueError('QUEUE_ACTION_REFUSED', `${request.method} ${request.path} is not allowed.`);
      }
      next();
    })
    .use(adapter.getRouter());
}
