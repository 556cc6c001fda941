import { expect, test } from 'vitest';
import { pagesOf } from '../../../src/cli/run-quickstart.ts';

test('where no video is ready, no link leads to one', () => {
  expect(pagesOf([]).map(([, path]) => path)).toEqual(['/admin/queues', '/docs']);
  expect(pagesOf(['vid_1', 'vid_2']).map(([, path]) => path)).toEqual([
    ...['/watch/vid_1', '/watch/vid_2', '/admin/queues', '/api/v1/videos/vid_1'],
  ]);
});
