import { CatalogueError } from '../errors/catalogue-error.ts';
import type { UploadedPart } from './storage.ts';

/** The parts that arrived, as a complete names them. Throws UPLOAD_PARTS_INVALID where one did not, or the order is wrong. Pure. */
export function chooseParts(
  wanted: readonly { partNumber: number; etag: string }[],
  arrived: readonly UploadedPart[],
): UploadedPart[] {
  if (wanted.length === 0) throw new CatalogueError('UPLOAD_PARTS_INVALID', 'no parts were named');
  const nameOf = ({ partNumber, etag }: { partNumber: number; etag: string }) => `${partNumber} ${etag}`;
  const there = new Map(arrived.map((part) => [nameOf(part), part]));
  return wanted.map((part, index) => {
    const found = there.get(nameOf(part));
    if (!found)
      throw new CatalogueError('UPLOAD_PARTS_INVALID', `part ${part.partNumber} did not arrive with this ETag`);
    const previous = wanted[index - 1];
    if (previous && previous.partNumber >= part.partNumber) {
      const order = `part ${part.partNumber} was named behind part ${previous.partNumber}`;
      throw new CatalogueError('UPLOAD_PARTS_INVALID', `the parts are not in ascending order: ${order}`);
    }
    return found;
  });
}
