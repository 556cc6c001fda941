import { describe } from 'vitest';
import { s3On } from '../support/s3-storage.ts';
import { startSwift } from '../support/swift.ts';
import { storageContract } from './storage.ts';

describe('S3', () => {
  storageContract(async () => {
    const swift = await startSwift();
    const storage = await s3On(swift, { more: { originals: await swift.bucket() } });
    return { storage, partSize: 2 ** 16, close: () => swift.stop() };
  });
});
