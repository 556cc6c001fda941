import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/** MD5 of a file, read once. */
export async function md5OfFile(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** The ETag of a multipart object, as S3 makes it: MD5 over the parts' binary MD5s, and how many there were. */
export function multipartEtag(partEtags: string[]): string {
  const joined = Buffer.concat(partEtags.map((etag) => Buffer.from(etag, 'hex')));
  return `${md5(joined)}-${partEtags.length}`;
}
