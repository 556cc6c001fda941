import { createServer } from 'node:http';
import { CatalogueError } from '../../src/errors/catalogue-error.ts';
import type { FileStorage } from '../../src/storage/file-storage.ts';

export interface StorageServer {
  url: string;
  close(): Promise<void>;
}

/** Serves a folder storage's signed URLs as the API does, without the API. `storage` is asked for at each request. */
export async function serveStorage(storage: () => FileStorage): Promise<StorageServer> {
  const server = createServer(async (request, response) => {
    const signed = { method: request.method ?? '', url: request.url ?? '' };
    try {
      if (request.method === 'PUT') {
        const part = await storage().acceptPart(
          { ...signed, bytes: Number(request.headers['content-length']) },
          request,
        );
        response.writeHead(200, { etag: `"${part.etag}"` }).end();
      } else {
        const object = await storage().openSigned(signed);
        response.writeHead(200, { 'content-length': object.size, 'content-type': object.contentType });
        (await storage().read(object.key)).pipe(response);
      }
    } catch (error) {
      response.writeHead(error instanceof CatalogueError ? error.entry.httpStatus : 500).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
