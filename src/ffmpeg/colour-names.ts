/** ffmpeg's names of what ITU-T H.273 defines: anything else that a header holds (reserved, unknown, a number) is as good as not told. */

export const knownPrimaries = [
  ...['bt709', 'bt470m', 'bt470bg', 'smpte170m', 'smpte240m', 'film', 'bt2020'],
  ...['smpte428', 'smpte431', 'smpte432', 'jedec-p22', 'ebu3213'],
];

export const knownTransfers = [
  ...['bt709', 'bt470m', 'bt470bg', 'gamma22', 'gamma28', 'smpte170m', 'smpte240m', 'linear', 'log100', 'log316'],
  ...['iec61966-2-4', 'bt1361e', 'iec61966-2-1', 'bt2020-10', 'bt2020-12', 'smpte2084', 'smpte428', 'arib-std-b67'],
];

/** Of YCbCr; RGB has none. */
export const knownMatrices = [
  ...['bt709', 'fcc', 'bt470bg', 'smpte170m', 'smpte240m', 'ycgco', 'bt2020nc', 'bt2020c', 'smpte2085', 'ictcp'],
  ...['chroma-derived-nc', 'chroma-derived-c'],
];

/** A name of the list; null where it is not told. */
export const told = (name: string | undefined, known: string[]): string | null =>
  name !== undefined && known.includes(name) ? name : null;
