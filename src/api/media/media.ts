import type { Request, Response } from 'express';
import { Router } from 'express';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import type { Storage } from '../../storage/storage.ts';
import { sendBytes } from '../http/send-bytes.ts';
import type { MediaAccess } from './media-access.ts';
import { cacheControl, contentTypeOf, mediaKey, videoOf } from './media-key.ts';
import { looksLikeToken, verifyToken } from './playback-token.ts';

interface Options {
  storage: Pick<Storage, 'head' | 'read'>;
  access: Pick<MediaAccess, 'rule'>;
  /** Of playback tokens. */
  key: Buffer;
}

/**
 * `GET /media/transcoded/…` and `GET /media/~<token>/transcoded/…`: what players fetch, for players and CDNs of any origin. The token of a
 * signed URL opens the folder of its video.
 */
export function mediaRoutes({ storage, access, key: signingKey }: Options): Router {
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
      const now = new Date();
      const { token, key } = asked(request.params.path);
      if (!key) throw nothing();
      const videoId = videoOf(key);
      const expiresAt = token === null ? null : verifyToken(token, { videoId, key: signingKey, now });
      const rule = await access.rule(videoId);
      if (!rule || rule.removed) throw nothing();
      if (rule.playback === 'signed' && !expiresAt) {
        throw new CatalogueError(
          'SIGNATURE_INVALID',
          'This video plays by signed URLs, and this one has no signature.',
        );
      }
      const object = await storage.head(key);
      if (!object) throw nothing();

      response.set({
        'content-type': contentTypeOf(object.key),
        'cache-control': cacheControl(key, { expiresAt, now }),
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

/** What a path asks for, and what it brings along to be let in. */
function asked([first = '', ...rest]: string[]): { token: string | null; key: string | null } {
  return looksLikeToken(first)
    ? { token: first, key: mediaKey(rest.join('/')) }
    : { token: null, key: mediaKey([first, ...rest].join('/')) };
}

const nothing = () => new CatalogueError('NOT_FOUND', 'There is no such media file.');

/** The one range that is asked for; null for the whole. Several at once, or another ETag's: the whole (RFC 9110). */
function wantedRange(request: Request, response: Response, size: number) {
  const condition = request.get('if-range');
  if (condition && condition !== response.get('etag')) return null;
  const ranges = request.range(size, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return null;
  return ranges[0] ?? null;
}
