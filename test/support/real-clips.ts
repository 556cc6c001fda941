// needs: clips
import { resolve } from 'node:path';

/** A clip of the folder that lies beside the repository on some machines. */
export const realClip = (name: 'bbb-480p-30s.mp4' | 'cockatoo.mp4' | 'nasa_13013.mp4'): string =>
  resolve(import.meta.dirname, '../../../shared/media', name);
