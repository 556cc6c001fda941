import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Debian package of each tool, and the names by which it can be there already; where it brings no program, a file of it. */
const packages = {
  'redis-server': { debian: 'redis-server', programs: ['redis-server', 'valkey-server'] },
  ffmpeg: { debian: 'ffmpeg', programs: ['ffmpeg'] },
  bwrap: { debian: 'bubblewrap', programs: ['bwrap'] },
  chromium: { debian: 'chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'] },
  swift: { debian: 'python3-swift', programs: [], file: '/usr/lib/python3/dist-packages/swift/proxy/server.py' },
};

/** The first of `programs` in the folders of `path`, or null. */
export function onPath(programs, path = '') {
  for (const program of programs) {
    for (const folder of path.split(delimiter)) {
      try {
        accessSync(join(folder, program), constants.X_OK);
        return join(folder, program);
      } catch {
        // not there
      }
    }
  }
  return null;
}

/** Whether a tool is on this machine, by the names that count. */
export function hasTool(tool, path) {
  const { programs, file } = packages[tool];
  return onPath(programs, path) !== null || (file !== undefined && existsSync(file));
}

/** Whether bwrap is here and may make namespaces: in many containers it is installed and may not. */
export function bwrapWorks(path) {
  const bwrap = onPath(packages.bwrap.programs, path);
  return bwrap !== null && spawnSync(bwrap, ['--unshare-all', '--ro-bind', '/', '/', 'true']).status === 0;
}

/** The packages that would have to be installed for these tools. */
export const debianPackages = (tools, path) =>
  tools.filter((tool) => !hasTool(tool, path)).map((tool) => packages[tool].debian);

/** Installs Debian packages by `run(words, command)`; gives the reason where this machine cannot. */
export function installDebian(wanted, run) {
  if (process.getuid?.() !== 0) return `not installed (not root): ${wanted.join(', ')}`;
  if (!existsSync('/etc/debian_version')) return `not installed (no Debian): ${wanted.join(', ')}`;
  const words = `installing ${wanted.join(', ')} (apt-get) …`;
  withoutServices(() => {
    run(words, ['apt-get', 'update', '-q']);
    run('', ['apt-get', 'install', '-q', '-y', '--no-install-recommends', ...wanted]);
  });
  return null;
}

/** Debian's way to install a server's package without starting the server: policy-rc.d answers "not allowed" (101). */
function withoutServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  const before = existsSync(policy) ? readFileSync(policy) : null;
  writeFileSync(policy, '#!/bin/sh\nexit 101\n');
  chmodSync(policy, 0o755);
  const restore = () => (before ? writeFileSync(policy, before) : rmSync(policy, { force: true }));
  process.once('exit', restore); // run() ends the process where apt-get fails
  try {
    install();
  } finally {
    restore();
    process.off('exit', restore);
  }
}
