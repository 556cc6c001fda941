import { expect, test } from 'vitest';
import { riskySettings } from '../../../src/flows/redis-settings.ts';

test.each([
  ['maxmemory_policy:noeviction\r\naof_enabled:1', []],
  ['maxmemory_policy:allkeys-lru\r\naof_enabled:1', ['maxmemory-policy allkeys-lru']],
  ['maxmemory_policy:noeviction\r\naof_enabled:0', ['appendonly no']],
  ['maxmemory_policy:volatile-ttl\r\naof_enabled:0', ['maxmemory-policy volatile-ttl', 'appendonly no']],
  ['redis_version:7.2.4', []],
])('of %j these settings may lose jobs: %j', (info, risky) => {
  expect(riskySettings(`# Memory\r\n${info}\r\n`).map(({ words }) => words.split(':')[0])).toEqual(risky);
});
