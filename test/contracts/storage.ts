import { storageObjects } from './storage-objects.ts';
import { storageSignedUrls } from './storage-signed-urls.ts';
import { type StorageUnderTest, storageTools } from './storage-tools.ts';
import { storageUploads } from './storage-uploads.ts';

/** What every driver of the storage port must do; `open` gives one whose signed URLs can be fetched. */
export function storageContract(open: () => Promise<StorageUnderTest>): void {
  const tools = storageTools(open);
  storageObjects(tools);
  storageUploads(tools);
  storageSignedUrls(tools);
}
