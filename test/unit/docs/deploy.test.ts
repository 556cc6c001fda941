import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { readConfig, requireProductionSettings, settings } from '../../../src/config.ts';

const page = readFileSync('docs/deploy.md', 'utf8');

test('the settings of docs/deploy.md are ours, and enough for every part in production', () => {
  const [, block = ''] = /```ini\n(NODE_ENV=[\s\S]+?)```/.exec(page) ?? [];
  const environment = parseEnv(block);
  expect(Object.keys(settings)).toEqual(expect.arrayContaining(Object.keys(environment)));
  for (const part of ['api', 'relay', 'worker'] as const) requireProductionSettings(readConfig(environment), part);
  expect(readConfig(environment).production).toBe(true);
});
