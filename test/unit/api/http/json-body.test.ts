import { describe, expect, test } from 'vitest';
import { checkShape } from '../../../../src/api/http/json-body.ts';

const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

describe('a body', () => {
  test.each([[{}], [{ a: [1, { b: null }] }], [nested(32)]])('may be %j', (body) => {
    expect(() => checkShape(body)).not.toThrow();
  });

  test.each([
    [null, 'must be a JSON object, not null'],
    [[], 'must be a JSON object, not an array'],
    ['text', 'must be a JSON object, not a string'],
    [3, 'must be a JSON object, not a number'],
    [nested(33), 'is nested deeper than 32 levels'],
    [JSON.parse(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`), 'is nested deeper than 32 levels'],
  ])('REQUEST_MALFORMED: refused with its reason (%#)', (body, reason) => {
    expect(() => checkShape(body)).toThrow(`REQUEST_MALFORMED: body: ${reason}.`);
  });
});
