import type { ToolLimits } from './sandbox.ts';

/** Libraries, shared memory, and what an allocator reserves for each thread and does not use: 64 MiB, `MALLOC_ARENA` of glibc. */
const reservedBytes = 16 * 2 ** 30;
/** After the soft limit, at which a tool is told (SIGXCPU): it is killed then. */
const secondsToEnd = 5;

/**
 * `prlimit` (its path) before a command. The kernel counts processes by user, and not those of root: `processes` only where that user is the tool's own.
 * `memory`: not for what reserves an address space far larger than it uses (CUDA maps all that the machine has). Pure.
 */
export const prlimitArgs = (
  prlimit: string,
  { memoryBytes, cpuSeconds, fileBytes, processes, openFiles }: ToolLimits,
  { ownUser, memory }: { ownUser: boolean; memory: boolean },
): string[] => [
  prlimit,
  // Not only the address space: what is reserved there is many times what is used.
  ...(memory ? [`--data=${Math.floor(memoryBytes)}`, `--as=${Math.floor(memoryBytes) + reservedBytes}`] : []),
  `--cpu=${Math.ceil(cpuSeconds)}:${Math.ceil(cpuSeconds) + secondsToEnd}`,
  `--fsize=${Math.floor(fileBytes)}`,
  ...(ownUser ? [`--nproc=${processes}`] : []),
  `--nofile=${openFiles}`,
  '--core=0',
  '--',
];
