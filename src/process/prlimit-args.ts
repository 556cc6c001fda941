import type { ToolLimits } from './sandbox.ts';

/** After the soft limit, at which a tool is told (SIGXCPU): it is killed then. */
const secondsToEnd = 5;

/**
 * `prlimit` before a command. The kernel counts processes by user, and not those of root: `processes` only where that user is the tool's own.
 * `memory`: not for what reserves an address space far larger than it uses (CUDA maps all that the machine has). Pure.
 */
export const prlimitArgs = (
  { memoryBytes, cpuSeconds, fileBytes, processes, openFiles }: ToolLimits,
  { ownUser, memory }: { ownUser: boolean; memory: boolean },
): string[] => [
  'prlimit',
  ...(memory ? [`--as=${Math.floor(memoryBytes)}`] : []),
  `--cpu=${Math.ceil(cpuSeconds)}:${Math.ceil(cpuSeconds) + secondsToEnd}`,
  `--fsize=${Math.floor(fileBytes)}`,
  ...(ownUser ? [`--nproc=${processes}`] : []),
  `--nofile=${openFiles}`,
  '--core=0',
  '--',
];
