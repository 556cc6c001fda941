import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { type NextFunction, Router } from 'express';
import { boardPath } from './board.ts';

const require = createRequire(import.meta.url);
const playerFolder = resolve(import.meta.dirname, '../../web/player');

/** Scripts of other people, from our own node_modules: no CDN. Each file is named; no folder of a package is open. */
const vendorFiles: Record<string, () => string> = {
  'hls.mjs': () => require.resolve('hls.js/dist/hls.min.mjs'),
  'hls.worker.js': () => require.resolve('hls.js/dist/hls.worker.js'),
  'shaka-player.js': () => require.resolve('shaka-player/dist/shaka-player.dash.js'),
  // The package's exports do not name its one-file build.
  'media-chrome.js': () => resolve(dirname(require.resolve('media-chrome')), '../iife/all.js'),
};

/** The way in, and the player page with the files that it loads. They hold no data: the page asks the API, with the session's cookie. */
export function pageRoutes(): Router {
  return Router()
    .get('/', (_request, response) => response.redirect(303, boardPath))
    .get('/watch/:id', (_request, response) => {
      response.set('cache-control', 'no-cache').sendFile('index.html', { root: playerFolder });
    })
    .get('/assets/player/:file', (request, response, next) => {
      response.sendFile(request.params.file, { root: playerFolder, maxAge: 0, dotfiles: 'ignore' }, orNotFound(next));
    })
    .get('/assets/vendor/:file', (request, response, next) => {
      const find = Object.hasOwn(vendorFiles, request.params.file) ? vendorFiles[request.params.file] : undefined;
      if (!find) {
        next();
        return;
      }
      const path = find();
      response.sendFile(path, { maxAge: '1h', dotfiles: 'allow' }, orNotFound(next));
    });
}

/** A file that is not there is a route that is not there: the error of the file system would name our folders. */
const orNotFound = (next: NextFunction) => (error?: Error) => {
  if (error) next();
};
