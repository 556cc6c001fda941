import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openUserClaims } from '../../../src/process/user-claims.ts';
import { testFolder } from '../../support/folder.ts';

const place = 'reelmill-tool-users';
// Another process that lives, and its start.
const start = async (pid: number) => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[19];

test('a user is held once, until it is given back', async () => {
  const claims = await openUserClaims([await testFolder('claims')]);
  const both = await Promise.all([claims.claim(7), claims.claim(7)]);
  const [release] = both.filter((one) => one !== null);
  expect(both.filter((one) => one === null)).toHaveLength(1);
  expect(await claims.claim(7)).toBe(null);
  expect(await claims.claim(70)).not.toBe(null);
  await release?.();
  expect(await claims.claim(7)).not.toBe(null);
});

test('a living process holds what it claimed; one that was killed, or had our number before, does not', async () => {
  const parent = await testFolder('claims');
  const claims = await openUserClaims([parent]);
  const lives = `1.${process.ppid}.${await start(process.ppid)}`;
  const [killed, before] = [`2.99999999.5`, `3.${process.pid}.1`];
  for (const name of [lives, killed, before]) await writeFile(join(parent, place, name), '');
  expect(await claims.claim(1)).toBe(null);
  expect(await claims.claim(2)).not.toBe(null);
  expect(await claims.claim(3)).not.toBe(null);
  const left = await readdir(join(parent, place));
  expect(left).toContain(lives);
  expect(left).not.toContain(killed);
  expect(left).not.toContain(before);
});

test('a folder that is open to others is not used: the next place is', async () => {
  const [open, next] = [await testFolder('claims'), await testFolder('claims')];
  await mkdir(join(open, place));
  await chmod(join(open, place), 0o777);
  await (await openUserClaims([open, join(open, 'nowhere'), next])).claim(4);
  expect(await readdir(join(open, place))).toEqual([]);
  expect(await readdir(join(next, place))).toHaveLength(1);
  expect(((await stat(join(next, place))).mode & 0o777).toString(8)).toBe('700');
  await expect(openUserClaims([open])).rejects.toMatchObject({ code: 'PROCESS_FAILED' });
});
