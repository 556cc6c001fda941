import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolWords } from '../../../src/cli/doctor.ts';
import { findExecutable } from '../../../src/local/find-executable.ts';
import { lacking, type Tool } from '../../../src/local/local-tools.ts';
import { parseUser } from '../../../src/local/postgres-user.ts';
import { redisConfiguration } from '../../../src/local/start-redis.ts';
import { notesOn } from '../../../src/local/tool-notes.ts';

const there: Tool = {
  name: 'ffmpeg',
  found: '/usr/bin/ffmpeg',
  version: '5.1',
  neededFor: 'running',
  missing: 'no ffmpeg on PATH',
  instead: null,
  without: 'no video is encoded',
};
const replaced: Tool = { ...there, found: '/npm/ffmpeg', instead: 'the build from npm is used' };
const gone: Tool = { ...there, found: null, version: null };
const browser: Tool = { ...gone, name: 'chromium', neededFor: 'tests' };

test('only what is needed to run, is not here and has no replacement is lacking', () => {
  expect(lacking([there, replaced, gone, browser])).toEqual([gone]);
});

test('a note says what is missing and what takes its place, and nothing of what is there', () => {
  expect(notesOn([there, replaced, browser])).toEqual(['no ffmpeg on PATH: the build from npm is used']);
});

test('doctor says where a tool is, what replaces it, and what cannot be done without it', () => {
  expect(toolWords(there, false)).toBe('✓ ffmpeg       5.1  /usr/bin/ffmpeg');
  expect(toolWords(replaced, false)).toBe('– ffmpeg       no ffmpeg on PATH: the build from npm is used');
  expect(toolWords(gone, true)).toMatch(/^✗ ffmpeg +not found\n +without it: no video is encoded$/);
});

test('a program is the first executable file of that name on the path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reelmill-path-'));
  const path = ['a', 'b', 'c'].map((name) => join(folder, name));
  await mkdir(join(folder, 'a', 'tool'), { recursive: true }); // a folder is no program
  for (const [index, mode] of [
    [1, 0o644],
    [2, 0o755],
  ] as const) {
    await mkdir(path[index] ?? '');
    await writeFile(join(path[index] ?? '', 'tool'), '#!/bin/sh\n');
    await chmod(join(path[index] ?? '', 'tool'), mode);
  }
  expect(findExecutable(['other', 'tool'], path.join(':'))).toBe(join(folder, 'c', 'tool'));
  expect(findExecutable(['tool'], '')).toBeNull();
  await rm(folder, { recursive: true });
});

test('the ids of a user come from its own line of the passwd file', () => {
  const passwd =
    'root:x:0:0:root:/root:/bin/bash\npostgresql:x:5:5::/:/bin/sh\npostgres:x:101:104:,,,:/var/lib:/bin/bash\n';
  expect(parseUser(passwd, 'postgres')).toEqual({ uid: 101, gid: 104 });
  expect(parseUser(passwd, 'nobody')).toBeNull();
});

test('Redis keeps every job on disk, never drops one, and listens to this machine alone', () => {
  const lines = redisConfiguration({ port: 7_000, folder: '/a b/redis', password: 'p' }).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'bind 127.0.0.1',
      'port 7000',
      'dir "/a b/redis"',
      'appendonly yes',
      'appendfsync everysec',
      'maxmemory-policy noeviction',
      'requirepass p',
    ]),
  );
});
