import { createLog } from '../../src/log.ts';
import { type ProcessOptions, type ProcessResult, runProcess } from '../../src/process/run-process.ts';

/** Runs a script through the one door for processes, with little patience for what will not end. */
export const runBash = (script: string, options: Partial<ProcessOptions> = {}): Promise<ProcessResult> =>
  runProcess('bash', ['-c', script], {
    signal: new AbortController().signal,
    log: createLog({ level: 'silent', name: 'test' }),
    killAfterMs: 200,
    ...options,
  });
