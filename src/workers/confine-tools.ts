import { stat } from 'node:fs/promises';
import type { JobServices } from '../jobs/services.ts';
import { toolLimits } from '../plan/tool-limits.ts';
import type { ToolAccess } from '../process/sandbox.ts';

/**
 * The services of one job. Its tools may read the files that it has fetched, and read and write in its own folder: nothing else, and no
 * handler can forget it. What they may write grows with what was fetched.
 */
export function confineTools<Services extends Pick<JobServices, 'sources' | 'ffmpeg' | 'packager'>>(
  services: Services,
  { workDir, memoryBytes }: { workDir: string; memoryBytes: number },
): Services {
  const sizes = new Map<string, number>();
  const reads = new Set<string>();
  const access: ToolAccess = { reads, folder: workDir, limits: toolLimits({ memoryBytes, sourceBytes: 0 }) };
  return {
    ...services,
    ffmpeg: services.ffmpeg.within(access),
    packager: services.packager.within(access),
    sources: {
      async local(key, options) {
        const path = await services.sources.local(key, options);
        sizes.set(path, (await stat(path)).size);
        reads.add(path);
        const sourceBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
        access.limits = toolLimits({ memoryBytes, sourceBytes });
        return path;
      },
    },
  };
}
