import { readersGroup } from './take-user.ts';

/**
 * `setpriv` (its path) before a command: no new privileges, and of root another user without any. `dies`: with our process (the kernel forgets that at a
 * change of user, so it is asked for in the same call, which does it after). Pure.
 */
export const setprivArgs = (setpriv: string, { user, dies = false }: { user?: number; dies?: boolean }): string[] => [
  setpriv,
  ...(user === undefined ? [] : asUser(user)),
  '--no-new-privs',
  ...(dies ? ['--pdeathsig', 'KILL'] : []),
  '--',
];

const asUser = (user: number): string[] => [
  ...['--reuid', `${user}`, '--regid', `${user}`, '--groups', `${readersGroup}`],
  ...['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all'],
];
