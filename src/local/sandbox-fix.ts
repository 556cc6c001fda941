import { existsSync, readFileSync } from 'node:fs';
import { findExecutable } from './find-executable.ts';

/** What decides how bubblewrap can be made to work on a machine. */
export interface SandboxFacts {
  platform: NodeJS.Platform;
  /** Whether the programs are there at all: bubblewrap, prlimit and setpriv. */
  bwrap: boolean;
  utilLinux: boolean;
  /** Why tools are confined by no more, in bubblewrap's words. */
  lacks: string;
  container: 'docker' | 'podman' | 'kubernetes' | null;
  /** Values of kernel settings that forbid namespaces to users; null: the kernel does not have them. */
  apparmorRestricts: string | null;
  usernsClone: string | null;
  mostNamespaces: string | null;
}

/** What bubblewrap says where it may make no namespace, no mapping of users, or no mount in them. */
const refused = /permission|not permitted|namespace|uid map/i;

/** What the trial says where the sandbox works and a tool does not start in it. */
const closedTool = /does not start inside/;

/** Pure: what an operator can do so that bubblewrap works here. */
export function sandboxFix(facts: SandboxFacts): string {
  if (facts.platform !== 'linux') return 'run the workers on Linux: bubblewrap is for Linux alone';
  const packages = [...(facts.bwrap ? [] : ['bubblewrap']), ...(facts.utilLinux ? [] : ['util-linux'])];
  if (packages.length > 0) return `apt-get install ${packages.join(' ')}`;
  if (closedTool.test(facts.lacks)) {
    return 'name the folders of what that tool needs in REELMILL_SANDBOX_READS, or take a build that needs no others (docs/security.md)';
  }
  if (!refused.test(facts.lacks)) return 'bubblewrap is there and fails for another reason (docs/security.md)';
  if (facts.container === 'kubernetes') {
    return 'give the pod hostUsers: false, and its container procMount: Unmasked and a seccomp profile that allows namespaces (docs/security.md)';
  }
  if (facts.container === 'podman') return 'podman run --security-opt unmask=ALL (docs/security.md)';
  if (facts.container === 'docker') {
    return 'docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined (docs/security.md)';
  }
  if (facts.mostNamespaces === '0') return 'sysctl -w user.max_user_namespaces=15000';
  if (facts.usernsClone === '0') return 'sysctl -w kernel.unprivileged_userns_clone=1';
  if (facts.apparmorRestricts === '1') return 'let AppArmor allow user namespaces to bwrap (docs/security.md)';
  return 'allow bwrap to make namespaces (docs/security.md)';
}

/** These facts of this machine, where `lacks` is what the search for a sandbox gave. */
export function readSandboxFacts(environment: NodeJS.ProcessEnv, lacks: string): SandboxFacts {
  return {
    lacks,
    platform: process.platform,
    bwrap: findExecutable(['bwrap'], environment.PATH) !== null,
    utilLinux: ['prlimit', 'setpriv'].every((name) => findExecutable([name], environment.PATH) !== null),
    container: containerOf(environment),
    apparmorRestricts: kernelSetting('kernel/apparmor_restrict_unprivileged_userns'),
    usernsClone: kernelSetting('kernel/unprivileged_userns_clone'),
    mostNamespaces: kernelSetting('user/max_user_namespaces'),
  };
}

function containerOf(environment: NodeJS.ProcessEnv): SandboxFacts['container'] {
  if (environment.KUBERNETES_SERVICE_HOST) return 'kubernetes';
  if (existsSync('/run/.containerenv')) return 'podman';
  return existsSync('/.dockerenv') ? 'docker' : null;
}

function kernelSetting(name: string): string | null {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return null;
  }
}
