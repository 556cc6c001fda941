import type { Picture } from '../plan/picture.ts';

/**
 * Fits pictures of any size into the size of the first one, whole and undistorted, with black bars where they are needed. For a source
 * whose size changes: with `-reinit_filter 0` the graph stays, and no filter loses what it holds. The scaler must be the first filter
 * of the graph, for no other one bears a change. Levels stay as they are, whatever range a later picture claims: segments behind the change
 * know only the first one's.
 */
export function fitIntoFirst({ size: { width, height, pixelAspect }, colour: { range } }: Picture): string[] {
  // As the probe does: a pixel aspect beyond belief is none.
  const aspect = 'iw*if(between(sar,0.1,10),sar,1)/ih';
  const wanted = (width * pixelAspect) / height;
  const kept = range === 'full' ? 'pc' : 'tv';
  const even = (side: string) => `2*round(${side}/2)`;
  const fitted = {
    width: `min(${width},${even(`${height}*${aspect}/${pixelAspect}`)})`,
    height: `min(${height},${even(`${width}*${pixelAspect}/(${aspect})`)})`,
  };
  const same = `eq(iw,${width})*eq(ih,${height})`;
  return [
    [
      `scale=w='if(${same}+gte(${aspect},${wanted}),${width},max(2,${fitted.width}))'`,
      `h='if(${same}+lte(${aspect},${wanted}),${height},max(2,${fitted.height}))'`,
      `eval=frame:flags=bicubic+accurate_rnd+bitexact:in_range=${kept}:out_range=${kept}`,
    ].join(':'),
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:eval=frame`,
  ];
}
