const gibi = 2 ** 30;

/** Of a job that nobody has estimated (probe, sound, packing): 40 million pixels of 8 bytes in 32 frames that a decoder keeps. */
const unknownBytes = 10 * gibi;
/** Above the estimate: stacks of 8 MiB of up to 150 threads (a decoder's and a filter's on many cores), and as much again as was estimated. */
const spareBytes = 3 * gibi;
/** What is made of a small source: 12 hours of sound, hours of one picture. */
const leastFileBytes = 4 * gibi;
/** AV1 at 1 Mbit/s comes out of an encoder for H.264 with a tenth of this. */
const growth = 32;

/**
 * What a tool of a job may take, far above what it needs: these stop what runs away, the admission shares the machine, and the watchdog bounds the time.
 * `memoryBytes` is the estimate of the job, 0 where there is none; `sourceBytes` what it reads. Pure.
 */
export const toolLimits = ({ memoryBytes, sourceBytes }: { memoryBytes: number; sourceBytes: number }) => ({
  memoryBytes: spareBytes + 2 * (memoryBytes || unknownBytes / 2),
  // The longest job may take six hours, on eight busy cores.
  cpuSeconds: 48 * 3_600,
  fileBytes: leastFileBytes + growth * sourceBytes,
  // Threads count: decoders take up to 16 for each stream, filters one for each core.
  processes: 1_024,
  openFiles: 256,
});
