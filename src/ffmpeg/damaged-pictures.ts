/** `concealing 120 DC, 120 AC, 120 MV errors in P frame`: H.264, MPEG-1, -2 and -4, H.263, VC-1. */
const concealed = /\bconcealing \d+ DC, /;
/** Of ffmpeg itself, where a decoder marks a picture: HEVC and others. Builds of 2018 do not say it. */
const marked = /: corrupt decoded frame in stream /;

/** Counts the pictures that a decoder shows although it could not read all of them, by ffmpeg's log at `info` or below. */
export function countDamagedPictures(): { onLogLine(line: string): void; count(): number } {
  let [concealedOnes, markedOnes] = [0, 0];
  return {
    onLogLine(line) {
      if (concealed.test(line)) concealedOnes += 1;
      else if (marked.test(line)) markedOnes += 1;
    },
    // Most pictures are told of in both ways.
    count: () => Math.max(concealedOnes, markedOnes),
  };
}
