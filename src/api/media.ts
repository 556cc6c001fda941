import type { Request, Response } from 'express';
import { Router } from 'express';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Storage } from '../storage/storage.ts';
import { contentTypeOf, mediaKey } from './media-key.ts';
import { sendBytes } from './send-bytes.ts';

/**
 * `GET /media/transcoded/…`: what players fetch, for players and CDNs of any origin. Every run has a folder of its own
 * and objects are never overwritten, so manifests may be cached for ever too.
 */
export function mediaRoutes(storage: Storage): Router {
  return Router()
    .use('/media', (_request, response, next) => {
      response.set({
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'Accept-Ranges, Content-Length, Content-Range, ETag',
        'cross-origin-resource-policy': 'cross-origin',
      });
      next();
    })
    .options('/media/*path', (_request, response) => {
      response
        .set({
          'access-control-allow-methods': 'GET, HEAD',
          'access-control-allow-headers': 'Range, If-None-Match',
          'access-control-max-age': '86400',
        })
        .sendStatus(204);
    })
    .get('/media/*path', async (request, response) => {
      const key = mediaKey(request.params.path.join('/'));
      const object = key ? await storage.head(key) : null;
      if (!object) throw new CatalogueError('NOT_FOUND', 'There is no such media file.');

      response.set({
        'content-type': contentTypeOf(object.key),
        'cache-control': 'public, max-age=31536000, immutable',
        'accept-ranges': 'bytes',
        etag: `"${object.etag}"`,
      });
      if (request.fresh) {
        response.status(304).end();
        return;
      }
      const range = wantedRange(request, response, object.size);
      if (range === 'unsatisfiable') {
        response.status(416).set('content-range', `bytes */${object.size}`).removeHeader('cache-control');
        response.end();
        return;
      }
      response
        .status(range ? 206 : 200)
        .set('content-length', String(range ? range.end - range.start + 1 : object.size));
      if (range) response.set('content-range', `bytes ${range.start}-${range.end}/${object.size}`);
      await sendBytes(request, response, () => storage.read(object.key, range ?? undefined));
    });
}

/** The one range that is asked for; null for the whole. Several at once, or another ETag's: the whole (RFC 9110). */
function wantedRange(request: Request, response: Response, size: number) {
  const condition = request.get('if-range');
  if (condition && condition !== response.get('etag')) return null;
  const ranges = request.range(size, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return null;
  return ranges[0] ?? null;
}
