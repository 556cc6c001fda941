import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../../database/database.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import type { ApiSettings } from '../services.ts';
import { readCookie, sessionCookie } from './auth.ts';
import { localPath } from './local-path.ts';

const sessionDays = 7;
const query = z.object({ token: z.string().min(1).max(200), next: z.string().max(2_000).default('/admin/queues') });

/** `GET /login?token=…&next=/path`: a one-time link opens a browser session and leads on to a page of ours. */
export function loginRoutes({ database, settings }: { database: Database; settings: ApiSettings }): Router {
  return Router().get('/login', async (request, response) => {
    if (request.query.token === undefined) {
      throw new CatalogueError(
        'REQUEST_MALFORMED',
        'There is no token in this address. Run `reelmill login`: it prints a link that logs a browser in.',
      );
    }
    const { token, next } = query.parse(request.query);
    const target = localPath(next);
    if (!target) throw new CatalogueError('REQUEST_MALFORMED', 'next: must be a path of this server.');

    const expires = new Date(Date.now() + sessionDays * 86_400_000);
    const session = await database.keys.redeemLogin(token, { sessionExpiresAt: expires });
    if (!session && !(await hasSession(database, request.get('cookie')))) {
      throw new CatalogueError(
        'UNAUTHENTICATED',
        'This login link has been used or has expired. `reelmill login`, on the machine that runs it, prints a new one.',
      );
    }
    if (session) {
      const secure = settings.publicUrl.startsWith('https:');
      response.cookie(sessionCookie, session, { httpOnly: true, sameSite: 'lax', path: '/', secure, expires });
    }
    response.set('cache-control', 'no-store').redirect(303, target);
  });
}

/** Somebody who follows the same link twice is logged in already. */
async function hasSession(database: Database, cookies: string | undefined): Promise<boolean> {
  const token = readCookie(cookies, sessionCookie);
  return token !== null && (await database.keys.session(token)) !== null;
}
