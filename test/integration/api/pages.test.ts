import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.stop());

/** As Chromium and Firefox ask for a page. */
const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const browse = (path: string) => api.call('GET', path, { headers: { accept } });

test('a browser is led to the board, and told how to log in where it is not', async () => {
  const root = await browse('/');
  expect([root.status, root.headers.get('location')]).toEqual([303, '/admin/queues']);
  const board = await browse('/admin/queues');
  expect(board.status).toBe(401);
  expect(board.headers.get('content-type')).toMatch(/^text\/html/);
  expect(board.body).toContain('reelmill login');
});

test('a used login link is a page that says so, and what a path says is only text in it', async () => {
  const used = await browse('/login?token=used');
  expect(used.status).toBe(401);
  expect(used.body).toMatch(/has been used or has expired/);
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
