import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { type NextFunction, type RequestHandler, Router } from 'express';
import { htmlPage } from '../http/html-page.ts';
import { allowInlineStyles } from '../http/security.ts';

const require = createRequire(import.meta.url);
const folderOf = (name: string) => resolve(import.meta.dirname, '../../../web', name);

/** The folders of our own that pages load from. */
const ownFolders: Record<string, string> = {
  player: folderOf('player'),
  docs: folderOf('docs'),
  pages: folderOf('pages'),
};

/** Scripts of other people, from our own node_modules: no CDN. Each file is named; no folder of a package is open. */
const vendorFiles: Record<string, () => string> = {
  'hls.mjs': () => require.resolve('hls.js/dist/hls.min.mjs'),
  'hls.worker.js': () => require.resolve('hls.js/dist/hls.worker.js'),
  'shaka-player.js': () => require.resolve('shaka-player/dist/shaka-player.dash.js'),
  // The package's exports do not name its one-file build.
  'media-chrome.js': () => resolve(dirname(require.resolve('media-chrome')), '../iife/all.js'),
  'swagger-ui.js': () => require.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
  'swagger-ui.css': () => require.resolve('swagger-ui-dist/swagger-ui.css'),
};

const home = htmlPage('home.html');

/** The way in, the reference and the player page, with the files that they load. They hold no data: a page asks the API, with the session's cookie or a key. */
export function pageRoutes(): Router {
  return Router()
    .get('/', (_request, response) => {
      response.set('cache-control', 'no-cache').type('html').send(home('Reelmill'));
    })
    .get('/docs', page('docs', 'index.html'))
    .get('/watch/:id', allowInlineStyles, page('player', 'index.html'))
    .get('/assets/vendor/:file', (request, response, next) => {
      const find = Object.hasOwn(vendorFiles, request.params.file) ? vendorFiles[request.params.file] : undefined;
      if (!find) {
        next();
        return;
      }
      response.sendFile(find(), { maxAge: '1h', dotfiles: 'allow' }, orNotFound(next));
    })
    .get('/assets/:folder/:file', (request, response, next) => {
      const { folder, file } = request.params;
      const root = Object.hasOwn(ownFolders, folder) ? ownFolders[folder] : undefined;
      if (root) response.sendFile(file, { root, maxAge: 0, dotfiles: 'ignore' }, orNotFound(next));
      else next();
    });
}

const page =
  (folder: string, file: string): RequestHandler =>
  (_request, response) => {
    response.set('cache-control', 'no-cache').sendFile(file, { root: folderOf(folder) });
  };

/** A file that is not there is a route that is not there: the error of the file system would name our folders. */
const orNotFound = (next: NextFunction) => (error?: Error) => {
  if (error) next();
};
