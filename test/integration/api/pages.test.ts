import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopes } from '../../../src/database/scopes.ts';
import { errorCodes } from '../../../src/errors/catalogue.ts';
import { startApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.stop());

/** As Chromium and Firefox ask for a page. */
const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
async function browse(path: string) {
  const response = await fetch(`${api.url}${path}`, { headers: { accept } });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

test('the way in leads to reference, board, health and error codes; the board tells how to log in', async () => {
  const root = await browse('/');
  expect(root.status).toBe(200);
  for (const path of ['/docs', '/admin/queues', '/readyz', '/problems']) expect(root.body).toContain(`href="${path}"`);
  const board = await browse('/admin/queues');
  expect(board.status).toBe(401);
  expect(board.headers.get('content-type')).toMatch(/^text\/html/);
  expect(board.body).toContain('reelmill login');
});

test('a used login link is a page that says so, and what a path says is only text in it', async () => {
  const used = await browse('/login?token=used');
  expect(used.status).toBe(401);
  expect(used.body).toMatch(/has been used or has expired/);
  const none = await browse('/login');
  expect([none.status, none.body]).toEqual([400, expect.stringContaining('Run <code>reelmill login</code>: ')]);
  const odd = await browse('/%3Cscript%3Ealert(1)%3C%2Fscript%3E/<img src=x onerror=alert(1)>');
  expect(odd.status).toBe(404);
  expect(odd.body).not.toMatch(/<script|<img(?! src="\/assets\/)/i);
});

test.each(['*/*', 'application/json', 'application/problem+json', 'text/html;q=0.1,*/*'])(
  'a program that takes %s gets the problem itself',
  async (accepted) => {
    const { headers } = await api.call('GET', '/nothing', { headers: { accept: accepted } });
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  },
);

test('error codes are listed, as a page and for programs', async () => {
  const { body } = await api.call('GET', '/problems');
  expect(body.problems.map(({ code }: { code: string }) => code)).toEqual(errorCodes);
  const page = await browse('/problems');
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  for (const code of errorCodes) expect(page.body).toContain(`href="/problems/${code}"`);
});

test.each(['/', '/docs', '/problems', '/api/v1/openapi.json', '/api/v1/videos', '/nothing', '/media/x', '/healthz'])(
  '%s allows no script and no style but those of files, and nothing of other origins',
  async (path) => {
    const { headers } = await browse(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).not.toMatch(/unsafe|\*|https?:(?!\/\/127\.0\.0\.1)/);
    expect(policy).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(Object.fromEntries(headers)).toMatchObject({
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'permissions-policy': expect.stringContaining('camera=()'),
      'cross-origin-resource-policy': path === '/media/x' ? 'cross-origin' : 'same-origin',
    });
  },
);

test('only the pages whose components bring their styles may have them, and never a script', async () => {
  const key = await api.key({ scopes });
  for (const path of ['/watch/vid_1', '/admin/queues']) {
    const { headers } = await api.call('GET', path, { key, headers: { accept } });
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("style-src 'self' 'unsafe-inline';");
    expect(policy).toContain("script-src 'self';");
  }
});

test('an https installation is told to browsers as one', async () => {
  const secure = await startApi(
    { publicUrl: 'https://video.example', mediaUrl: 'https://cdn.example/media' },
    { queueOn: 'postgres' },
  );
  try {
    const { headers } = await secure.call('GET', '/');
    expect(Object.fromEntries(headers)).toMatchObject({
      'strict-transport-security': expect.stringContaining('max-age='),
      'cross-origin-opener-policy': 'same-origin',
      'content-security-policy': expect.stringMatching(
        /media-src 'self' https:\/\/video\.example https:\/\/cdn\.example blob:/,
      ),
    });
  } finally {
    await secure.stop();
  }
});
