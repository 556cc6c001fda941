/** Rows of a matrix for red, green and blue (or X, Y and Z). */
export type Matrix = readonly [Triple, Triple, Triple];
export type Triple = readonly [number, number, number];

/** Chromaticities x, y of red, green, blue and white, by ffmpeg's names of ITU-T H.273's table 2. */
const chromaticities: Readonly<Record<string, readonly [Pair, Pair, Pair, Pair]>> = {
  bt709: [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06], d65()],
  bt2020: [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046], d65()],
  smpte170m: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], d65()],
  smpte240m: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], d65()],
  bt470bg: [[0.64, 0.33], [0.29, 0.6], [0.15, 0.06], d65()],
  bt470m: [
    [0.67, 0.33],
    [0.21, 0.71],
    [0.14, 0.08],
    [0.31, 0.316],
  ],
  film: [
    [0.681, 0.319],
    [0.243, 0.692],
    [0.145, 0.049],
    [0.31, 0.316],
  ],
  // DCI-P3, with the white of a cinema; and P3 of phones and computers, with daylight.
  smpte431: [
    [0.68, 0.32],
    [0.265, 0.69],
    [0.15, 0.06],
    [0.314, 0.351],
  ],
  smpte432: [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06], d65()],
  'jedec-p22': [[0.63, 0.34], [0.295, 0.605], [0.155, 0.077], d65()],
  ebu3213: [[0.63, 0.34], [0.295, 0.605], [0.155, 0.077], d65()],
  smpte428: [
    [1, 0],
    [0, 1],
    [0, 0],
    [1 / 3, 1 / 3],
  ],
};
type Pair = readonly [number, number];

function d65(): Pair {
  return [0.3127, 0.329];
}

/**
 * From linear light of these primaries to that of BT.709: by way of XYZ, as Report ITU-R BT.2087 does for BT.2020. White stays white:
 * where it is not D65, the sum of each row is brought to 1.
 */
export function toBt709(primaries: string): Matrix {
  const matrix = multiply(inverse(toXyz('bt709')), toXyz(primaries));
  return mapRows(matrix, (row) => {
    const sum = row[0] + row[1] + row[2];
    return [row[0] / sum, row[1] / sum, row[2] / sum];
  });
}

/** The share of red, green and blue in luminance. */
export const luminanceOf = (primaries: string): Triple => toXyz(primaries)[1];

/** A matrix times a column. */
export const apply = (matrix: Matrix, column: Triple): Triple => [
  dot(matrix[0], column),
  dot(matrix[1], column),
  dot(matrix[2], column),
];

export const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** SMPTE RP 177: primaries scaled so that their sum is the white. Those that nobody knows are BT.709's. */
function toXyz(primaries: string): Matrix {
  const [red, green, blue, white] = chromaticities[primaries] ?? chromaticities.bt709 ?? [];
  if (!red || !green || !blue || !white) throw new RangeError(`no primaries ${primaries}`);
  const xyz = ([x, y]: Pair): Triple => [x, y, 1 - x - y];
  const columns = transposed([xyz(red), xyz(green), xyz(blue)]);
  const scale = apply(inverse(columns), [white[0] / white[1], 1, (1 - white[0] - white[1]) / white[1]]);
  return mapRows(columns, (row) => [row[0] * scale[0], row[1] * scale[1], row[2] * scale[2]]);
}

function multiply(a: Matrix, b: Matrix): Matrix {
  const columns = transposed(b);
  return mapRows(a, (row) => [dot(row, columns[0]), dot(row, columns[1]), dot(row, columns[2])]);
}

function inverse([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const adjugate: Matrix = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  return mapRows(adjugate, (row) => [row[0] / determinant, row[1] / determinant, row[2] / determinant]);
}

const transposed = ([a, b, c]: Matrix): Matrix => [
  [a[0], b[0], c[0]],
  [a[1], b[1], c[1]],
  [a[2], b[2], c[2]],
];

const mapRows = ([a, b, c]: Matrix, change: (row: Triple) => Triple): Matrix => [change(a), change(b), change(c)];
