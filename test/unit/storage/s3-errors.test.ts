import { S3ServiceException } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { toProblem } from '../../../src/api/http/problem.ts';
import { problemPage } from '../../../src/api/http/problem-page.ts';
import { s3Error } from '../../../src/storage/s3-errors.ts';
import { settingFix, storageFix } from '../../../src/storage/storage-fix.ts';

const refusals = [
  ...['SignatureDoesNotMatch', 'InvalidAccessKeyId', 'ExpiredToken', 'ExpiredTokenException', 'InvalidToken'],
  ...['NoSuchBucket', 'InvalidBucketName', 'AccessDenied', 'Forbidden', 'Unauthorized', 'RequestTimeTooSkewed'],
  ...['RequestExpired', 'PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'],
  ...['InvalidRegionName', 'NotImplemented'],
];
const unmet = [
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'TimeoutError', 'ECONNRESET', 'EHOSTUNREACH'],
  ...['ENETUNREACH', 'EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'SELF_SIGNED_CERT_IN_CHAIN', 'CERT_HAS_EXPIRED'],
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
];
const answered = (name: string) =>
  new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode: 403 }, message: 'AWS_SECRET' });
const without = Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' });

test.each([
  ...refusals.map((code): [string, Error, string | null] => [code, answered(code), settingFix(code)]),
  ...unmet.map((code): [string, Error, null] => [code, Object.assign(new Error(code), { code }), null]),
  ['no credentials', without, storageFix('CredentialsProviderError')],
  ['no region', new Error('Region is missing'), 'Say region=… in STORAGE_URL, or set AWS_REGION.'],
])('%s: users are told what was found, and only an operator which setting to mend', (_, thrown, fix) => {
  const error = s3Error(thrown, 'beginning an upload of originals/vid_1');
  const forUsers = toProblem(error, 'abc');
  expect(JSON.stringify(forUsers) + problemPage(forUsers)).not.toMatch(/AWS_|STORAGE_URL|REELMILL_|operator_hint/);
  if (fix === null) return expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', operatorFix: undefined });
  expect(toProblem(error, 'abc', { operator: true })).toMatchObject({ code: 'CONFIG_INVALID', operator_hint: fix });
  expect(error.advice).toBe(fix); // the log, the terminal and the board
});
