import { expect, test } from 'vitest';
import { tellsDamage } from '../../../src/ffmpeg/judge-damage.ts';

test.each([
  ['a lost packet', '[mpegts @ 0x55] Packet corrupt (stream = 0, dts = 378000).', true],
  ['one of the sound', '[mpegts @ 0x55] Packet corrupt (stream = 1, dts = 378000).', false],
  ['one of another stream', '[mpegts @ 0x55] Packet corrupt (stream = 10, dts = 378000).', false],
  [
    'zeros in Matroska',
    '[matroska,webm @ 0x55] 0x00 at pos 7698 (0x1e12) invalid as first byte of an EBML number',
    true,
  ],
  ['FLV', '[flv @ 0x55] Packet mismatch 0 371 371', true],
  ['ASF', '[asf @ 0x55] ff asf bad header 0  at:292935', true],
  ['MXF', '[mxf @ 0x55] edit unit sync lost on stream 0, jumping from 251 to 300', true],
  ['an end that is missing', '[mov,mp4 @ 0x55] stream 0, offset 0x1f4: partial file', true],
  ['chatter', '[mp4 @ 0x55] Timestamps are unset in a packet for stream 0.', false],
  ['nothing', '', false],
])('%s', (_, log, damaged) => expect(tellsDamage(log, 0)).toBe(damaged));
