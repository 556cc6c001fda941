import { expect, test } from 'vitest';
import { bytesPerPixel } from '../../../src/plan/pixel-bytes.ts';

test.each([
  ['yuv420p', 1.5],
  ['yuvj420p', 1.5],
  ['nv12', 1.5],
  ['yuv420p10le', 3],
  ['p010le', 3],
  ['yuv422p', 2],
  ['yuv422p10le', 4],
  ['yuyv422', 2],
  ['yuv444p', 3],
  ['yuv444p12le', 6],
  ['yuva420p', 2.5],
  ['yuva444p10le', 8],
  ['gray', 1],
  ['gray10le', 2],
  ['gbrp', 3],
  ['gbrap16le', 8],
  ['rgb24', 3],
  ['bgra', 4],
  ['pal8', 1],
  ['rgb48le', 6],
  ['a format of next year', 8],
])('%s: %d bytes', (format, bytes) => expect(bytesPerPixel(format)).toBe(bytes));
