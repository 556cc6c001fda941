import type { Effort } from '../plan/effort.ts';
import { parseProgress } from './parse-progress.ts';

/** How far an ffmpeg has come. */
export interface Reached {
  /** Pictures that went into the first output. */
  frames: number;
  /** The output time that was reached. */
  seconds: number;
  bytes: number;
}

interface Listeners {
  onFrame?: ((frames: number) => void) | undefined;
  onSeconds?: ((seconds: number) => void) | undefined;
}

/**
 * Reads the lines of `-progress`, and says of each whether it tells of anything new: of a picture that went in or came out (at their end encoders give what
 * they hold, and nothing goes in); of other work bytes are enough, which a muxer of pictures may write without one.
 */
export function watchProgress(
  sign: Effort['sign'],
  { onFrame, onSeconds }: Listeners,
): { reached: Readonly<Reached>; progressed(line: string): boolean } {
  const reached: Reached = { frames: 0, seconds: 0, bytes: 0 };
  const further = (name: keyof Reached, value: number) => {
    if (!(value > reached[name])) return false;
    reached[name] = value;
    return true;
  };
  return {
    reached,
    progressed(line) {
      const progress = parseProgress(line);
      if (progress === null) return false;
      if ('bytes' in progress) return further('bytes', progress.bytes) && sign !== 'frame';
      if ('frames' in progress) {
        if (!further('frames', progress.frames)) return false;
        onFrame?.(progress.frames);
      } else {
        if (!further('seconds', progress.seconds)) return false;
        onSeconds?.(progress.seconds);
      }
      return true;
    },
  };
}
