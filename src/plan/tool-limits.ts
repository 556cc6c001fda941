const gibi = 2 ** 30;

/**
 * What a tool of a job may take, far above what it needs: these stop what runs away, the admission shares the machine. `memoryBytes`
 * is the estimate of the job, 0 where there is none. The address space is larger than the memory in use: libraries, stacks and
 * buffers that were asked for and never touched. Pure.
 */
export const toolLimits = ({ memoryBytes }: { memoryBytes: number }) => ({
  memoryBytes: 2 * gibi + 2 * memoryBytes,
  cpuSeconds: 8 * 3_600,
  fileBytes: 256 * gibi,
  processes: 256,
  openFiles: 256,
});
