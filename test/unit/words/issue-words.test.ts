import { expect, test } from 'vitest';
import { z } from 'zod';
import { issueWords } from '../../../src/words/issue-words.ts';

test.each<[z.ZodType, unknown, string]>([
  [z.int(), undefined, 'is missing'],
  [z.string(), 5, 'must be a string'],
  [z.string(), null, 'must be a string, not null'],
  [z.string(), ['a'], 'must be a string, not a list'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.boolean(), 'yes', 'must be true or false, not a string'],
  [z.coerce.number(), 'many', 'must be a number'],
  [z.enum(['h264', 'av1']), 'vp8', 'must be one of h264, av1'],
  [z.literal(1), 2, 'must be 1'],
  [z.strictObject({}), { colour: 1, size: 2 }, 'does not take "colour", "size"'],
  [z.string().min(1), '', 'must have at least 1 character'],
  [z.string().max(3), 'long', 'must have at most 3 characters'],
  [z.array(z.int()).max(1), [1, 2], 'must have at most 1 entry'],
  [z.int().min(0), -5, 'must be at least 0'],
  [z.number().gt(0), 0, 'must be more than 0'],
  [z.iso.datetime(), 'tomorrow', 'must be a time of RFC 3339 such as 2026-01-31T12:00:00Z'],
  [z.union([z.int(), z.literal('auto')]), 'x', 'must be a number, not a string, or must be auto'],
  [z.string().refine((text) => text === '', 'must be empty'), 'x', 'must be empty'],
])('%# a refused value is told in plain words', (schema, value, words) => {
  expect(schema.safeParse(value).error?.issues.map(issueWords)).toEqual([words]);
});
