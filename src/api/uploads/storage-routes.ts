import type { Request } from 'express';
import { Router } from 'express';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import type { FileStorage } from '../../storage/file-storage.ts';
import { sendBytes } from '../http/send-bytes.ts';

/**
 * `/storage/…`: where the signed URLs of the file driver lead. The signature is all that counts here, so pages of any
 * origin may use them; the ETag is readable for them, `complete` wants it back.
 */
export function storageRoutes(storage: FileStorage): Router {
  const asSigned = ({ method, originalUrl }: Request) => ({
    method: method === 'HEAD' ? 'GET' : method,
    url: originalUrl,
  });

  return Router()
    .use('/storage', (_request, response, next) => {
      response.set({
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'ETag',
        'cross-origin-resource-policy': 'cross-origin',
        'cache-control': 'no-store',
      });
      next();
    })
    .options('/storage/*path', (_request, response) => {
      response
        .set({
          'access-control-allow-methods': 'GET, HEAD, PUT',
          'access-control-allow-headers': 'Content-Type, Range',
          'access-control-max-age': '86400',
        })
        .sendStatus(204);
    })
    .put('/storage/*path', async (request, response) => {
      const bytes = declaredBytes(request);
      try {
        const { etag } = await storage.acceptPart({ ...asSigned(request), bytes }, request);
        response.set('etag', `"${etag}"`).status(200).end();
      } catch (error) {
        // The client went away in mid-part: nobody is left to tell, and it will send the part again.
        if (!request.complete && request.destroyed) return;
        throw error;
      }
    })
    .get('/storage/*path', async (request, response) => {
      const object = await storage.openSigned(asSigned(request));
      response.set({
        'content-type': object.contentType,
        'content-length': String(object.size),
        etag: `"${object.etag}"`,
        // What somebody uploaded is never shown as a page of ours.
        'content-disposition': 'attachment',
        'content-security-policy': 'sandbox',
      });
      await sendBytes(request, response, () => storage.read(object.key));
    });
}

/** A body without an end could fill the disk under one signature. */
function declaredBytes(request: Request): number {
  const bytes = Number(request.get('content-length') ?? Number.NaN);
  if (Number.isNaN(bytes)) throw new CatalogueError('REQUEST_MALFORMED', 'Content-Length: must be sent with a part.');
  return bytes;
}
