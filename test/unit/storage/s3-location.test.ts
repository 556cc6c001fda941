import { expect, test } from 'vitest';
import { parseS3Url } from '../../../src/storage/s3-location.ts';
import { bucketsOf, nameOf } from '../../../src/storage/s3-place.ts';

test('a bucket of AWS: the region is looked for elsewhere', () => {
  expect(parseS3Url('s3://films')).toEqual({
    bucket: 'films',
    prefix: '',
    originals: 'films',
    endpoint: undefined,
    publicEndpoint: undefined,
    region: undefined,
    pathStyle: false,
    conditionalPut: true,
  });
});

test('another vendor, with everything said', () => {
  const query = 'endpoint=https://s3.example.com:9000/&public-endpoint=https://cdn.example.com&region=garage';
  expect(parseS3Url(`s3://films/a/b/?${query}&originals=raw-films&path-style=no&conditional-put=no`)).toEqual({
    bucket: 'films',
    prefix: 'a/b/',
    originals: 'raw-films',
    endpoint: 'https://s3.example.com:9000',
    publicEndpoint: 'https://cdn.example.com',
    region: 'garage',
    pathStyle: false,
    conditionalPut: false,
  });
  const short = parseS3Url('s3://films?endpoint=http://seaweedfs:8333');
  expect(short).toMatchObject({ region: 'us-east-1', pathStyle: true });
});

test.each([
  ['s3://', 'bucket'],
  ['s3://Films', 'bucket'],
  ['s3://fi', 'bucket'],
  ['s3://films/../x?originals=UP', 'originals'],
  ['s3://films/.hidden', 'prefix'],
  ['s3://films?endpoint=s3.example.com', 'endpoint'],
  ['s3://films?endpoint=ftp://s3.example.com', 'endpoint'],
  ['s3://films?endpoint=https://s3.example.com/?x=1', 'endpoint'],
  ['s3://films?path-style=true', 'path-style'],
  ['s3://films?regoin=eu', 'regoin'],
])('%s is refused, and what is wrong is named: CONFIG_INVALID', (url, name) => {
  expect(() => parseS3Url(url)).toThrow(new RegExp(`^CONFIG_INVALID: STORAGE_URL: .*${name}`));
});

test('credentials in the URL are refused and not repeated', () => {
  expect(() => parseS3Url('s3://AKIDKEY:verysecret@films')).toThrow('AWS_SECRET_ACCESS_KEY');
  expect(() => parseS3Url('s3://AKIDKEY:verysecret@films')).not.toThrow(/verysecret|AKIDKEY/);
});

test('originals have a bucket of their own, where there is one', () => {
  const location = parseS3Url('s3://films/all?originals=raw-films');
  expect(nameOf(location, 'originals/vid_1/original.mp4')).toEqual({
    Bucket: 'raw-films',
    Key: 'all/originals/vid_1/original.mp4',
  });
  expect(nameOf(location, 'segments/vid_1/a')).toEqual({ Bucket: 'films', Key: 'all/segments/vid_1/a' });
  expect(bucketsOf(location, 'originals/vid_1/')).toEqual(['raw-films']);
  expect(bucketsOf(location, 'segments/')).toEqual(['films']);
  expect(bucketsOf(location, '')).toEqual(['films', 'raw-films']);
  expect(bucketsOf(parseS3Url('s3://films'), '')).toEqual(['films']);
});
