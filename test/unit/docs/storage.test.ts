import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseS3Url } from '../../../src/storage/s3-location.ts';
import { corsHeaders, readCorsRules } from '../../support/s3-cors.ts';

const folder = 'docs/storage';
const files = readdirSync(folder);
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const pages = files.filter((file) => file.endsWith('.md'));
const words = pages.map(read).join('\n');

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
}
const statements = (file: string): Statement[] => JSON.parse(read(file)).Statement;

test.each(pages.filter((page) => page !== 'README.md'))(
  'the STORAGE_URL of %s is one that we read, with originals apart',
  (page) => {
    const [, url = ''] = /^STORAGE_URL='(.+)'$/m.exec(read(page)) ?? [];
    const { bucket, originals } = parseS3Url(url);
    expect([bucket, originals]).toEqual(['example-videos', 'example-originals']);
  },
);

test('every option of STORAGE_URL is described', () => {
  let refusal = '';
  try {
    parseS3Url('s3://films?unknown=1');
  } catch (error) {
    refusal = String(error);
  }
  const [, options = ''] = /it takes (.+); there is no/.exec(refusal) ?? [];
  expect(options.split(', ').length).toBeGreaterThan(3);
  for (const option of options.split(', ')) expect(read('README.md')).toContain(`\`${option}=`);
});

test('every file beside the pages is JSON, and a page says what to do with it', () => {
  for (const file of files.filter((name) => !name.endsWith('.md'))) {
    expect(JSON.parse(read(file))).toBeTypeOf('object');
    expect(words).toContain(file);
  }
});

test('no policy lets anybody delete an original', () => {
  const deletes = ({ Action }: Statement) => [Action].flat().some((action) => /^s3:(\*|Delete\w*\*?)$/.test(action));
  const ofOriginals = ({ Resource }: Statement) =>
    [Resource].flat().some((name) => /\*$/.test(name) && !/videos/.test(name));
  for (const file of files.filter((name) => name.endsWith('policy.json'))) {
    for (const statement of statements(file))
      if (statement.Effect === 'Allow' && deletes(statement)) expect(ofOriginals(statement), file).toBe(false);
  }
  for (const file of ['aws-originals-bucket-policy.json', 'seaweedfs-originals-bucket-policy.json']) {
    expect(statements(file).some((statement) => statement.Effect === 'Deny' && deletes(statement))).toBe(true);
  }
});

const put = { origin: 'https://www.example.com', method: 'PUT', headers: ['content-type'], preflight: true };
test.each([
  ['a part, with its type', put, true],
  ['a part, with nothing', { ...put, headers: [] }, true],
  ['a range', { ...put, method: 'GET', headers: ['range'] }, true],
  ['a part with another header', { ...put, headers: ['content-type', 'x-other'] }, false],
  ['a deletion', { ...put, method: 'DELETE' }, false],
  ['a part from another origin', { ...put, origin: 'https://www.example.com.evil.example' }, false],
])('cors.json: %s', (_, request, allowed) => {
  const headers = corsHeaders(readCorsRules(read('cors.json')), request);
  expect(headers !== null).toBe(allowed);
  if (headers) expect(headers).toMatchObject({ 'access-control-expose-headers': 'ETag' });
});

test('R2 is told the same, and nothing ends originals', () => {
  const rules = readCorsRules(read('cors.json')).map((rule) => ({
    id: rule.ID,
    allowed: { origins: rule.AllowedOrigins, methods: rule.AllowedMethods, headers: rule.AllowedHeaders },
    exposeHeaders: rule.ExposeHeaders,
    maxAgeSeconds: rule.MaxAgeSeconds,
  }));
  expect(JSON.parse(read('r2-cors.json'))).toEqual({ rules });
  expect(read('lifecycle-originals.json')).not.toContain('Expiration');
});
