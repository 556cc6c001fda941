import { expect, test } from 'vitest';
import { resultWords, unfinishedFile } from '../../../src/cli/file-result.ts';
import { createOutput, errorWords } from '../../../src/cli/output.ts';
import { catalogue } from '../../../src/errors/catalogue.ts';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';

/** What a command writes to standard output. */
function written(speak: () => void): string {
  const original = process.stdout.write;
  let text = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += chunk;
    return true;
  };
  try {
    speak();
  } finally {
    process.stdout.write = original;
  }
  return text;
}

const hostile = 'a\u001b[2J\n\u202eb\u009b1m.mp4';
const result = unfinishedFile(hostile, null, 'failed', {
  ...{ code: 'INPUT_DAMAGED', detail: `quotes ${hostile}`, hint: 'Upload it again.', retryable: false },
});

test('a name cannot act on the terminal, nor look like another line', () => {
  expect(written(() => createOutput(false).result(result, resultWords(result)))).toBe(
    [
      'a\\u001b[2J\\u000a\\u202eb\\u009b1m.mp4: failed',
      '  Code    INPUT_DAMAGED',
      '  Detail  quotes a\\u001b[2J\\u000a\\u202eb\\u009b1m.mp4',
      '  Fix     Upload it again.',
      '',
    ].join('\n'),
  );
});

test('in JSON it is the very name', () => {
  const text = written(() => createOutput(true).result(result, ''));
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  expect(JSON.parse(text).file).toBe(hostile);
});

test('an error of our own tells an operator what to do, and nobody to ask an operator', () => {
  expect(errorWords(new CatalogueError('CONFIG_INVALID', 'DATABASE_URL: must be set'))).toBe(
    `CONFIG_INVALID: DATABASE_URL: must be set\n${catalogue.CONFIG_INVALID.operatorFix}`,
  );
});

test('an error is told for a terminal, without credentials', () => {
  const error = new Error('no', { cause: new Error('cannot reach redis://user:canary@host:1\u001b[31m') });
  expect(errorWords(error)).toBe('no\n  because: cannot reach redis://…@host:1\\u001b[31m');
});
