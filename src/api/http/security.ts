import type { RequestHandler } from 'express';
import helmet from 'helmet';

const usualStyles = "style-src 'self'";

/** What a page of ours may use of a browser; everything that is not for watching is closed. Chromium complains of names that it does not know. */
const permissions = [
  ...['autoplay', 'fullscreen', 'picture-in-picture', 'screen-wake-lock'].map((name) => `${name}=(self)`),
  ...['camera', 'display-capture', 'geolocation', 'microphone', 'midi', 'payment', 'usb', 'serial'].map(
    (name) => `${name}=()`,
  ),
].join(', ');

/**
 * Headers of every answer. Nothing runs or is shown but from our own files: neither script nor style stands in a page, and no other origin is
 * asked but the one that media come from.
 */
export function securityHeaders({ publicUrl, mediaUrl }: { publicUrl: string; mediaUrl: string }): RequestHandler[] {
  const origins = new Set([publicUrl, mediaUrl].map((url) => new URL(url).origin));
  const media = ["'self'", ...origins];
  const https = publicUrl.startsWith('https:');
  const helmetHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'self'"],
        connectSrc: media,
        fontSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: [...media, 'data:'],
        manifestSrc: ["'self'"],
        // Media Source Extensions hand the player a blob: URL.
        mediaSrc: [...media, 'blob:'],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'"],
        workerSrc: ["'self'"],
      },
    },
    // A URL of ours can hold a token of playback.
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    // An https installation is announced by whoever ends TLS; local mode has none.
    strictTransportSecurity: https,
    // Means nothing over plain http, and Chromium warns of it there.
    crossOriginOpenerPolicy: https,
    originAgentCluster: https,
  });
  return [
    helmetHeaders,
    (_request, response, next) => {
      response.set('permissions-policy', permissions);
      next();
    },
  ];
}

/** For a page whose web components bring their styles with them (the player's controls, Bull Board); scripts stay what they are. */
export const allowInlineStyles: RequestHandler = (_request, response, next) => {
  const policy = String(response.get('content-security-policy'));
  response.set('content-security-policy', policy.replace(usualStyles, `${usualStyles} 'unsafe-inline'`));
  next();
};
