import { expect, test } from 'vitest';
import { parseOrientation } from '../../../src/ffmpeg/parse-orientation.ts';
import { matrixText, orientations } from '../../support/orientations.ts';

test.each(orientations)('a matrix of $name', ({ matrix, mirrored, rotation }) => {
  const told = { displayMatrix: matrixText(matrix) };
  expect(parseOrientation(told)).toEqual({ mirrored, rotation, warnings: [] });
});

test.each(orientations)('each corner goes where the matrix of $name puts it', ({ matrix: [a, b, c, d] }) => {
  const { mirrored, rotation } = parseOrientation({ displayMatrix: matrixText([a, b, c, d]) });
  for (const [x, y] of [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ] as const) {
    let upright: [number, number] = [mirrored ? -x : x, y];
    for (let turns = rotation / 90; turns > 0; turns -= 1) upright = [-upright[1], upright[0]]; // clockwise: y counts downwards
    expect(upright.map(Number)).toEqual([a * x + c * y, b * x + d * y]);
  }
});

test.each(orientations)('a matrix that scales too, of $name', ({ matrix: [a, b, c, d], mirrored, rotation }) => {
  const told = { displayMatrix: matrixText([a * 2, b * 3, c * 2, d * 3]) };
  expect(parseOrientation(told)).toEqual({ mirrored, rotation, warnings: [] });
});

test.each([
  ['nothing', {}, 0],
  ['the angle of an older ffprobe, counter-clockwise', { rotation: -90 }, 90],
  ['the tag of older muxers, clockwise', { rotateTag: 270 }, 270],
  ['the angle before the tag', { rotation: 90, rotateTag: 90 }, 270],
  ['a matrix that shows nothing', { displayMatrix: matrixText([0, 0, 0, 0]), rotateTag: 180 }, 180],
  ['no matrix at all', { displayMatrix: 'what?', rotateTag: 90 }, 90],
  ['more than a turn', { rotateTag: 450 }, 90],
])('told by %s', (_, told, rotation) => {
  expect(parseOrientation(told)).toEqual({ mirrored: false, rotation, warnings: [] });
});

test.each([
  [10, 0],
  [44, 0],
  [46, 90],
  [-100, 270],
])('a turn of %i° is taken as %i°, and said', (degrees, rotation) => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const found = parseOrientation({ displayMatrix: matrixText([cos, sin, -sin, cos]) });
  expect(found).toMatchObject({ rotation, mirrored: false });
  expect(found.warnings).toEqual([
    { code: 'rotation_rounded', detail: `A rotation of ${degrees}° is taken as ${rotation}°.` },
  ]);
});
