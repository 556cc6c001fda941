/** Bytes of a pixel in memory, by ffmpeg's name of its format: 1.5 of `yuv420p`, 4 of `yuv422p10le`. One that is not known counts as 8. */
export function bytesPerPixel(format: string): number {
  const [, family = '', rest = ''] = /^(yuvj|yuva|yuv|gbrap|gbrp|gray|ya|nv)(.*)$/.exec(format) ?? [];
  const wide = /(9|10|12|14|16)(le|be)$/.test(rest) ? 2 : 1;
  if (family === 'yuv' || family === 'yuvj') return chroma(rest) * wide;
  if (family === 'yuva') return (chroma(rest) + 1) * wide;
  if (family === 'gbrp') return 3 * wide;
  if (family === 'gbrap') return 4 * wide;
  if (family === 'gray') return wide;
  if (family === 'ya') return 2 * wide;
  if (family === 'nv') return format === 'nv12' || format === 'nv21' ? 1.5 : 3;
  return packed[format] ?? mostBytes;
}

const mostBytes = 8;

/** Samples of a pixel, by how many of the colour there are: `420p`, `yuyv422` has 422 at its end and is packed. */
function chroma(rest: string): number {
  if (rest.startsWith('420') || rest.startsWith('411') || rest.startsWith('410')) return 1.5;
  if (rest.startsWith('422') || rest.startsWith('440')) return 2;
  return 3;
}

const packed: Readonly<Record<string, number>> = {
  ...{ pal8: 1, yuyv422: 2, uyvy422: 2, rgb555le: 2, rgb565le: 2, rgb24: 3, bgr24: 3 },
  ...{ rgba: 4, bgra: 4, argb: 4, abgr: 4, rgb0: 4, bgr0: 4, '0rgb': 4, '0bgr': 4 },
  ...{ p010le: 3, rgb48le: 6, rgb48be: 6, bgr48le: 6 },
};
