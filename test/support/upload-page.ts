// needs: chromium
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, vi } from 'vitest';
import { docBlocks } from './doc-blocks.ts';
import { type AtEnd, testFolder } from './folder.ts';

const shown = docBlocks(readFileSync('docs/browser-upload.md', 'utf8'));
const block = (language: string) => shown.find((each) => each.language === language)?.text ?? expect.fail(language);

/** The web app of docs/browser-upload.md, on a port, until the test ends; gives its origin. `api`: what it and its page call the API. */
export async function startUploadPage(
  { api, key, port }: { api: string; key: string; port: number },
  atEnd: AtEnd = onTestFinished,
): Promise<string> {
  const folder = await testFolder('browser-upload', atEnd);
  writeFileSync(join(folder, 'server.mjs'), block('js'));
  writeFileSync(join(folder, 'upload.html'), block('html'));
  const app = spawn(process.execPath, ['server.mjs'], {
    cwd: folder,
    env: { API: api, KEY: key, PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = once(app, 'close');
  atEnd(async () => {
    app.kill();
    await ended;
  });
  const origin = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(origin), { timeout: 60_000 });
  return origin;
}

/** On the disk: it stays the same file when it is chosen again. */
export async function videoFile(bytes: Uint8Array): Promise<string> {
  const path = join(await testFolder('browser-file'), 'holiday.mp4');
  writeFileSync(path, bytes);
  return path;
}

export const chooseFile = (page: Page, path: string): Promise<void> => page.setInputFiles('#file', path);

/** What the page says in the end. */
export const pageWords = (page: Page) => expect.poll(() => page.textContent('#words'), { timeout: 60_000 });
