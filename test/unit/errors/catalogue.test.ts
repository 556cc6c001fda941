import { expect, test } from 'vitest';
import { settings } from '../../../src/config.ts';
import { catalogue } from '../../../src/errors/catalogue.ts';

test('what an error tells an operator to set is a setting', () => {
  const named = Object.values(catalogue).flatMap(({ fix }) => fix.match(/\b[A-Z]+(_[A-Z]+)+\b/g) ?? []);
  expect(named).toContain('AUDIO_ONLY');
  expect(named.filter((name) => !(name in settings))).toEqual([]);
});
