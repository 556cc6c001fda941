import { expect, test } from 'vitest';
import { type SandboxFacts, sandboxFix } from '../../../src/local/sandbox-fix.ts';

const bare: SandboxFacts = {
  platform: 'linux',
  bwrap: true,
  utilLinux: true,
  lacks: 'bwrap: No permissions to create new namespace',
  container: null,
  apparmorRestricts: null,
  usernsClone: null,
  mostNamespaces: '15000',
};

test.each<[string, Partial<SandboxFacts>, RegExp]>([
  ['another system', { platform: 'darwin', bwrap: false }, /on Linux/],
  ['no program, wherever it is', { bwrap: false, container: 'docker' }, /^apt-get install bubblewrap$/],
  ['no prlimit or setpriv', { utilLinux: false, lacks: 'prlimit is not installed' }, /^apt-get install util-linux$/],
  ['neither', { bwrap: false, utilLinux: false }, /^apt-get install bubblewrap util-linux$/],
  [
    'a tool that does not start there',
    { container: 'docker', lacks: 'ffmpeg does not start inside bubblewrap: permission denied; it lies in /opt/x' },
    /REELMILL_SANDBOX_READS/,
  ],
  ['bubblewrap that fails otherwise', { container: 'docker', lacks: 'bwrap: Unknown option --x' }, /another reason/],
  [
    'a masked /proc',
    { container: 'docker', lacks: "Can't mount proc: Operation not permitted" },
    /systempaths=unconfined/,
  ],
  ['a Docker container', { container: 'docker' }, /seccomp=unconfined.*apparmor=unconfined/],
  ['a Podman container', { container: 'podman' }, /unmask=ALL/],
  ['a pod', { container: 'kubernetes' }, /hostUsers: false.*procMount: Unmasked/],
  ['no namespaces at all', { mostNamespaces: '0', usernsClone: '0' }, /user\.max_user_namespaces=/],
  ['an older Debian', { usernsClone: '0' }, /kernel\.unprivileged_userns_clone=1/],
  ['Ubuntu', { usernsClone: '1', apparmorRestricts: '1' }, /AppArmor/],
  ['something else', {}, /docs\/security\.md/],
])('the fix for bubblewrap on a machine with %s', (_name, facts, fix) => {
  expect(sandboxFix({ ...bare, ...facts })).toMatch(fix);
});
