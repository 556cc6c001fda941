import { expect, test } from 'vitest';
import { type BwrapLayout, bwrapArgs } from '../../../src/process/bwrap-args.ts';

const layout: BwrapLayout = {
  ...{ roots: new Map([['bin', 'usr/bin']]), devices: [] },
  ...{ programs: ['/usr/bin/ffmpeg', '/usr/bin/prlimit'], moreFolders: [], home: null },
  access: { reads: new Set(['/srv/home/storage/a.mp4']), folder: '/srv/home/work/1' },
  ...{ cwd: '/srv/home/work/1', userNamespace: true },
};
/** What follows each of these options, as `source target`. */
const of = (option: string, args: string[]) =>
  args.flatMap((arg, at) => (arg === option ? [`${args[at + 1]} ${args[at + 2]}`] : []));
const strangers = (bound: string[]) => bound.filter((line) => !/^\/(usr|etc|nix)\//.test(line));

test('beside the system’s programs there are the source, read only, and the folder', () => {
  const args = bwrapArgs(layout);
  expect(strangers([...of('--ro-bind', args), ...of('--ro-bind-try', args)])).toEqual([
    '/srv/home/storage/a.mp4 /srv/home/storage/a.mp4',
  ]);
  expect(of('--bind', args)).toEqual(['/srv/home/work/1 /srv/home/work/1']);
  expect(of('--dev-bind-try', args)).toEqual([]);
  expect(args.slice(-3)).toEqual(['--chdir', '/srv/home/work/1', '--']);
});

test('every namespace is new, and no capability is left but those by which root becomes another user', () => {
  const spaces = ['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--die-with-parent'];
  expect(bwrapArgs(layout)).toEqual(expect.arrayContaining([...spaces, '--unshare-user', '--disable-userns']));
  expect(bwrapArgs(layout)).not.toContain('--cap-add');
  const ofRoot = bwrapArgs({ ...layout, userNamespace: false });
  expect(ofRoot).toEqual(expect.arrayContaining(spaces));
  expect(ofRoot.filter((_arg, at) => ofRoot[at - 1] === '--cap-add').sort()).toEqual([
    ...['CAP_DAC_READ_SEARCH', 'CAP_SETGID', 'CAP_SETPCAP', 'CAP_SETUID'],
  ]);
});

test('a program elsewhere is there alone, and with the libraries that are its own', () => {
  const bound = (program: string) => strangers(of('--ro-bind-try', bwrapArgs({ ...layout, programs: [program] })));
  expect(bound('/srv/app/node_modules/pack/ffmpeg')).toEqual([
    '/srv/app/node_modules/pack/ffmpeg /srv/app/node_modules/pack/ffmpeg',
  ]);
  expect(bound('/opt/ffmpeg/bin/ffmpeg')).toEqual([
    ...['/opt/ffmpeg/bin/ffmpeg /opt/ffmpeg/bin/ffmpeg', '/opt/ffmpeg/lib /opt/ffmpeg/lib'],
  ]);
});

test('folders above what is bound are open to pass, as another user has to', () => {
  const args = bwrapArgs(layout);
  const made = args.filter((_arg, at) => args[at - 1] === '--dir');
  expect(made).toEqual(expect.arrayContaining(['/srv', '/srv/home', '/srv/home/storage', '/srv/home/work']));
});

test('what starts the tool is there too, wherever it lies', () => {
  const args = bwrapArgs({
    ...layout,
    programs: ['/usr/bin/ffmpeg', '/opt/tools/prlimit'],
    moreFolders: ['/opt/more'],
  });
  expect(strangers(of('--ro-bind-try', args))).toEqual([
    ...['/opt/tools/prlimit /opt/tools/prlimit', '/opt/more /opt/more'],
  ]);
});

test('a home in a folder of the system is closed, and only then', () => {
  expect(bwrapArgs({ ...layout, home: '/srv/home' })).toEqual(bwrapArgs(layout));
  const args = bwrapArgs({ ...layout, home: '/usr/local/lib/reelmill' });
  const closed = args.findIndex((arg, at) => arg === '--tmpfs' && args[at + 1] === '/usr/local/lib/reelmill');
  expect(closed).toBeGreaterThan(args.lastIndexOf('/usr/local/lib'));
  expect(closed).toBeLessThan(args.indexOf('--bind'));
  expect(args.slice(-9).join(' ')).toContain('--remount-ro /usr/local/lib/reelmill');
});
