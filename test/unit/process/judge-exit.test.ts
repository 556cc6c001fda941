import { expect, test } from 'vitest';
import { judgeExit } from '../../../src/process/judge-exit.ts';

const refused = 'x264 [error]: malloc of size 44329344 failed\nError initializing output stream 0:0';

test.each([
  ['an error', { exitCode: 1, said: 'moov atom not found' }, 'PROCESS_FAILED', 'PROCESS_FAILED'],
  ['SIGKILL by the system', { signal: 'SIGKILL', said: '' }, 'PROCESS_KILLED', 'PROCESS_KILLED'],
  ['SIGKILL, told by a wrapper', { exitCode: 137, said: '' }, 'PROCESS_KILLED', 'PROCESS_KILLED'],
  ['a refused allocation', { exitCode: 1, said: refused }, 'PROCESS_KILLED', 'PROCESS_LIMIT'],
  ['SIGXCPU', { signal: 'SIGXCPU', said: '' }, 'PROCESS_FAILED', 'PROCESS_LIMIT'],
  ['SIGXCPU, told by a wrapper', { exitCode: 152, said: '' }, 'PROCESS_FAILED', 'PROCESS_LIMIT'],
  ['SIGXFSZ, told by a wrapper', { exitCode: 153, said: '' }, 'PROCESS_FAILED', 'PROCESS_LIMIT'],
  [
    'a file at its limit',
    { exitCode: 1, said: 'av_interleaved_write_frame(): File too large' },
    'PROCESS_FAILED',
    'PROCESS_LIMIT',
  ],
  [
    'a thread too many',
    { exitCode: 1, said: 'Error while opening decoder: Resource temporarily unavailable' },
    'PROCESS_FAILED',
    'PROCESS_LIMIT',
  ],
  ['a command that is not there', { exitCode: 127, said: 'ffmpeg: not found' }, 'TOOL_UNAVAILABLE', 'TOOL_UNAVAILABLE'],
  ['a program that may not be run', { exitCode: 126, said: '' }, 'TOOL_UNAVAILABLE', 'TOOL_UNAVAILABLE'],
  ['nothing that was started', { said: '' }, 'TOOL_UNAVAILABLE', 'TOOL_UNAVAILABLE'],
  ['bubblewrap itself', { exitCode: 1, said: "bwrap: Can't mount proc\n" }, 'PROCESS_FAILED', 'TOOL_UNAVAILABLE'],
  [
    'a tool that talks of it',
    { exitCode: 1, said: 'bwrap: x\nmoov atom not found' },
    'PROCESS_FAILED',
    'PROCESS_FAILED',
  ],
  ['a crash', { signal: 'SIGSEGV', said: '' }, 'PROCESS_FAILED', 'PROCESS_FAILED'],
] as const)('%s, without limits of ours and with them', (_what, exit, without, within) => {
  expect(judgeExit({ ...exit, limited: false })).toBe(without);
  expect(judgeExit({ ...exit, limited: true })).toBe(within);
});
