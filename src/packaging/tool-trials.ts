import type { FfmpegTools } from '../ffmpeg/run-ffmpeg.ts';
import type { ToolTrial } from '../process/try-sandbox.ts';
import { findPackager } from './run-packager.ts';

/** What has to start in a sandbox before a job's tools are put there. Throws CONFIG_INVALID where there is no packager for this machine. */
export const toolTrials = ({ ffmpeg, ffprobe }: Pick<FfmpegTools, 'ffmpeg' | 'ffprobe'>): ToolTrial[] => [
  { name: 'ffmpeg', path: ffmpeg.path, args: ['-version'] },
  { name: 'ffprobe', path: ffprobe.path, args: ['-version'] },
  { name: 'the packager', path: findPackager(process.platform, process.arch).path, args: ['--version'] },
];
