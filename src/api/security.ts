import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers of every answer. No script runs but from our own files; styles may stand in the page, because web components
 * (the player's controls) and Bull Board bring theirs that way. `publicOrigin` is where media come from.
 */
export function securityHeaders(publicOrigin: string): RequestHandler {
  const ours = ["'self'", publicOrigin];
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'self'"],
        connectSrc: ours,
        fontSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: [...ours, 'data:'],
        manifestSrc: ["'self'"],
        // Media Source Extensions hand the player a blob: URL.
        mediaSrc: [...ours, 'blob:'],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        workerSrc: ["'self'"],
      },
    },
    // An https installation is announced by whoever ends TLS; local mode has none.
    strictTransportSecurity: publicOrigin.startsWith('https:'),
    // Means nothing over plain http, and Chromium warns of it there.
    crossOriginOpenerPolicy: publicOrigin.startsWith('https:'),
    originAgentCluster: publicOrigin.startsWith('https:'),
  });
}
