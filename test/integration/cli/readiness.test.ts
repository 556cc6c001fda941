import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tellOfReadiness } from '../../../src/cli/tell-of-readiness.ts';
import { startApi } from '../../support/api.ts';

test('that the storage goes away is told once with the reason, and that it is back, and an API that has ended', async () => {
  const api = await startApi({}, { queueOn: 'postgres' });
  onTestFinished(() => api.stop());
  const [told, words, end]: [unknown[], string[], AbortController] = [[], [], new AbortController()];
  const result = (event: unknown, line: string) => {
    told.push(event);
    words.push(line);
  };
  const telling = tellOfReadiness({ url: api.url, output: { result }, signal: end.signal, everyMs: 20, doubtMs: 20 });
  const becomes = (count: number) => expect.poll(() => told.length, { timeout: 20_000, interval: 20 }).toBe(count);

  const probes = join(api.storage.root, 'health');
  await expect
    .poll(() => rm(probes, { recursive: true, force: true }).then(() => writeFile(probes, '')))
    .toBe(undefined);
  await becomes(1);
  await rm(probes);
  await becomes(2);
  await api.stop();
  await becomes(3);
  expect(words).toEqual(['not ready: storage does not answer', 'ready again', 'not ready: the API does not answer']);
  expect(told).toEqual([
    { event: 'not_ready', reasons: ['storage does not answer'] },
    { event: 'ready' },
    { event: 'not_ready', reasons: ['the API does not answer'] },
  ]);

  end.abort();
  await telling;
});
