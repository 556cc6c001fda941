import type { JobServices } from '../jobs/services.ts';
import { toolLimits } from '../plan/tool-limits.ts';

/**
 * The services of one job. Its tools may read the files that it has fetched, and read and write in its own folder: nothing else, and no
 * handler can forget it.
 */
export function confineTools<Services extends Pick<JobServices, 'sources' | 'ffmpeg' | 'packager'>>(
  services: Services,
  { workDir, memoryBytes }: { workDir: string; memoryBytes: number },
): Services {
  const reads = new Set<string>();
  const access = { reads, folder: workDir, limits: toolLimits({ memoryBytes }) };
  return {
    ...services,
    ffmpeg: services.ffmpeg.within(access),
    packager: services.packager.within(access),
    sources: {
      async local(key, options) {
        const path = await services.sources.local(key, options);
        reads.add(path);
        return path;
      },
    },
  };
}
