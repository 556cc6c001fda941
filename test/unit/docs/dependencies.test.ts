import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';

const manifest = z.object({ dependencies: z.record(z.string(), z.string()) });

test('docs/security.md says of every production dependency who uses it and what for', () => {
  const { dependencies } = manifest.parse(JSON.parse(readFileSync('package.json', 'utf8')));
  const [, section = ''] = readFileSync('docs/security.md', 'utf8').split('## What we depend on\n');
  const [table = ''] = section.split('\n## ');
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual(Object.keys(dependencies).sort());
});
