/** A setting of Redis by which jobs can be lost: what it is, and what mends it. */
export interface RiskySetting {
  setting: 'maxmemory-policy' | 'appendonly';
  words: string;
  fix: string;
}

/** Pure: what `INFO` of Redis tells of settings by which jobs can be lost. What it leaves out (a hosted Redis may) is not judged. */
export function riskySettings(info: string): RiskySetting[] {
  const told = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  const policy = told('maxmemory_policy');
  const risky: RiskySetting[] = [];
  if (policy !== undefined && policy !== 'noeviction') {
    risky.push({
      setting: 'maxmemory-policy',
      words: `maxmemory-policy ${policy}: Redis may throw jobs away when its memory is full`,
      fix: 'in redis.conf: maxmemory-policy noeviction',
    });
  }
  if (told('aof_enabled') === '0') {
    risky.push({
      setting: 'appendonly',
      words: 'appendonly no: a restart of Redis forgets jobs, and they wait until the relay finds them missing',
      fix: 'in redis.conf: appendonly yes',
    });
  }
  return risky;
}
