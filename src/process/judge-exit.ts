export interface ProcessExit {
  exitCode?: number | undefined;
  signal?: string | undefined;
  /** The end of what it said. */
  said: string;
  /** Limits of ours were in force. */
  limited: boolean;
}

/** What the end of a tool that failed by itself means. Those that we ended have a reason of their own, and are not judged here. Pure. */
export function judgeExit(
  exit: ProcessExit,
): 'PROCESS_FAILED' | 'PROCESS_KILLED' | 'PROCESS_LIMIT' | 'TOOL_UNAVAILABLE' {
  if (exit.limited && reachedLimit(exit)) return 'PROCESS_LIMIT';
  if (endedBy(exit, 'SIGKILL') || refusedMemory.test(exit.said)) return 'PROCESS_KILLED';
  return wasNotStarted(exit) ? 'TOOL_UNAVAILABLE' : 'PROCESS_FAILED';
}

/** A shell, the loader and what wraps a command end with 126 or 127 where it cannot be started; ffmpeg and the packager never do. */
const notStarted = [126, 127];
const wrapper = /^(?:bwrap|prlimit|setpriv): [^\n]*$/;

const wasNotStarted = ({ exitCode, signal, said, limited }: ProcessExit): boolean =>
  (exitCode === undefined && signal === undefined) ||
  notStarted.includes(exitCode ?? 0) ||
  (limited && exitCode === 1 && wrapper.test(said.trim())); // the only thing that was said: no tool has begun

const reachedLimit = (exit: ProcessExit): boolean =>
  endedBy(exit, 'SIGXCPU') || endedBy(exit, 'SIGXFSZ') || refusedMemory.test(exit.said) || refusedMore.test(exit.said);

/** As a shell, bubblewrap and other wrappers tell the signal that ended what they ran: 128 and its number on Linux. */
const numbers = { SIGKILL: 9, SIGXCPU: 24, SIGXFSZ: 25 };
const endedBy = ({ exitCode, signal }: ProcessExit, name: keyof typeof numbers): boolean =>
  signal === name || exitCode === 128 + numbers[name];

/** What ffmpeg, x264, C++ and the loader say where an allocation was refused. */
const refusedMemory =
  /cannot allocate memory|malloc of size \d+ failed|bad_alloc|out of memory|memory exhausted|failed to map segment|cannot apply additional memory protection/i;
/** EFBIG, EMFILE, and EAGAIN of a thread or a process. */
const refusedMore = /file too large|file size limit|too many open files|resource temporarily unavailable|cannot fork/i;
