import { expect, test } from 'vitest';
import { portNote } from '../../../src/cli/prepare-local.ts';

test.each([
  ['the wanted port', { API_PORT: 8080 }, null],
  ['any port', { API_PORT: 0 }, null],
  ['a proxy in front', { API_PORT: 9000, PUBLIC_URL: 'http://127.0.0.1:8080' }, null],
  ['another port', { API_PORT: 9000 }, 'port 9000 is taken: the API listens on 8080'],
])('where the API got %s', (_, config, note) => {
  expect(portNote({ PUBLIC_URL: undefined, ...config }, 'http://127.0.0.1:8080')).toBe(note);
});
