const mebibyte = 2 ** 20;
const smallestPart = 16 * mebibyte;
const largestWantedPart = 100 * mebibyte;
/** What S3 takes; the wanted count stays below it, so that a part may be sent smaller. */
const mostParts = 10_000;
const wantedParts = 9_500;

const wholeMebibytes = (bytes: number) => Math.ceil(bytes / mebibyte) * mebibyte;

/** Size of an upload's parts, in bytes: max(16 MiB, size / 9500), at most 100 MiB unless 10 000 parts would not do. */
export function partSizeFor(fileSize: number): number {
  const wanted = Math.max(smallestPart, wholeMebibytes(fileSize / wantedParts));
  return wanted <= largestWantedPart ? wanted : Math.max(largestWantedPart, wholeMebibytes(fileSize / mostParts));
}

/** How many parts a file has; an empty one has one, so that its upload has a URL. */
export const partCount = (fileSize: number, partSize: number): number => Math.max(1, Math.ceil(fileSize / partSize));

/** Bytes of one part: all but the last have the whole size. What S3 signs, and the most that a folder takes. */
export const partBytes = (partNumber: number, { fileSize, partSize }: { fileSize: number; partSize: number }): number =>
  Math.max(0, Math.min(partSize, fileSize - (partNumber - 1) * partSize));
