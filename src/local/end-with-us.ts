import { spawn } from 'node:child_process';

/**
 * Makes a server that is no program of ours end when this process does, however it ends: a small shell waits on a pipe
 * that only we hold open, and sends `signal` when it closes (kill -9 included). Gives a function that calls it off.
 */
export function endWithUs(pid: number, signal: 'INT' | 'TERM'): () => void {
  const guard = spawn('/bin/sh', ['-c', `read -r _; kill -${signal} ${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // a group of its own: Ctrl-C in the terminal must not end it before its time
    detached: true,
    cwd: '/',
  });
  guard.on('error', () => undefined);
  guard.stdin?.on('error', () => undefined);
  guard.unref();
  return () => void guard.kill('SIGKILL');
}
