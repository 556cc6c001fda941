import { describe, expect, test } from 'vitest';
import { allowedOrigin, corsOrigins } from '../../../../src/api/access/cors.ts';
import { isOwnPage } from '../../../../src/api/access/foreign-page.ts';

describe('API_CORS_ORIGINS', () => {
  test.each([
    ['*', '*'],
    ['none', []],
    ['https://app.example.com', ['https://app.example.com']],
    [' https://App.Example.com/ , http://localhost:3000', ['https://app.example.com', 'http://localhost:3000']],
    ['capacitor://localhost', 'CONFIG_INVALID'],
    ['https://app.example.com/upload', 'CONFIG_INVALID'],
    ['https://app.example.com:443', 'CONFIG_INVALID'],
    ['app.example.com', 'CONFIG_INVALID'],
    ['https://*.example.com', 'CONFIG_INVALID'],
    ['https://a.example,', 'CONFIG_INVALID'],
    ['null', 'CONFIG_INVALID'],
  ])('%s: %j', (setting, origins) => {
    if (typeof origins === 'string' && origins !== '*') expect(() => corsOrigins(setting)).toThrow(origins);
    else expect(corsOrigins(setting)).toEqual(origins);
  });

  test.each([
    ['*', 'https://any.example', '*'],
    ['*', undefined, '*'],
    ['https://a.example', 'https://a.example', 'https://a.example'],
    ['https://a.example', 'https://a.example.evil', null],
    ['https://a.example', 'http://a.example', null],
    ['https://a.example', 'null', null],
    ['https://a.example', undefined, null],
    ['none', 'https://a.example', null],
  ])('%s lets %s be told %s', (setting, origin, allowed) => {
    expect(allowedOrigin(corsOrigins(setting), origin)).toBe(allowed);
  });
});

describe('a browser session acts from pages of ours', () => {
  const publicUrl = 'https://video.example';
  test.each([
    ['no page (a program)', {}, true],
    ['our page', { site: 'same-origin', origin: 'https://video.example', host: 'video.example' }, true],
    ['our page behind a proxy that changes the host', { origin: 'https://video.example', host: 'api:8080' }, true],
    [
      'our page under another name than the public one',
      { origin: 'https://10.0.0.5:8080', host: '10.0.0.5:8080' },
      true,
    ],
    ['the address bar', { site: 'none' }, true],
    ['another port', { site: 'same-site', origin: 'https://video.example:8443', host: 'video.example' }, false],
    ['another site', { site: 'cross-site', origin: 'https://evil.example', host: 'video.example' }, false],
    [
      'another port, by a browser that says no site',
      { origin: 'http://video.example:81', host: 'video.example' },
      false,
    ],
    ['another site, by a browser that says no site', { origin: 'https://evil.example', host: 'video.example' }, false],
    ['our page as somebody on the way wrote it', { origin: 'http://video.example', host: 'video.example' }, false],
    ['a frame without an origin', { origin: 'null', host: 'video.example' }, false],
  ])('%s: %j is %s', (_, sent, own) => {
    expect(isOwnPage(sent, publicUrl)).toBe(own);
  });

  test('without TLS too, where the installation has none', () => {
    const sent = { origin: 'http://10.0.0.5:8080', host: '10.0.0.5:8080' };
    expect(isOwnPage(sent, 'http://video.example')).toBe(true);
  });
});
