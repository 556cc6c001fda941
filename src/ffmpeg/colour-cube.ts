import type { ColourMap } from '../plan/picture-colour.ts';
import { mapColours } from './colour-map.ts';

/** Colours on each side of the cube; older builds of ffmpeg take 64 at most. */
const side = 33;

/**
 * A map of colours as the text of a .cube file, for ffmpeg's `lut3d`. Its axes are the source's signal, not light: that is even to the eye,
 * so what lies between two points is nearly on a line. Red changes fastest. Pure: equal maps are equal text.
 */
export function colourCube(map: ColourMap): string {
  const mapped = mapColours(map);
  const lines = [`LUT_3D_SIZE ${side}`];
  const at = (position: number) => position / (side - 1);
  for (let blue = 0; blue < side; blue += 1) {
    for (let green = 0; green < side; green += 1) {
      for (let red = 0; red < side; red += 1) {
        const [r, g, b] = mapped([at(red), at(green), at(blue)]);
        lines.push(`${r.toFixed(6)} ${g.toFixed(6)} ${b.toFixed(6)}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}
