import type { ColourMap } from '../plan/picture-colour.ts';
import { apply, dot, luminanceOf, type Triple, toBt709 } from './colour-space.ts';
import { bt1886Inverse, hlgToScene, nitsToPq, pqToNits, sdrTransfer } from './colour-transfer.ts';

/** White of standard dynamic range, cd/m2: the reference white of high dynamic range (Report ITU-R BT.2408). */
const sdrWhite = 203;

/** Peak of the display that HLG is shown on, and the gamma of its OOTF there (Recommendation ITU-R BT.2100, table 5). */
const hlgPeak = 1_000;
const hlgGamma = 1.2;

/** A signal (red, green, blue; each 0 to 1) of the source as one of BT.709. */
export type MapColour = (signal: Triple) => Triple;

/**
 * What a colour of the source is in standard dynamic range and BT.709, from the standards' formulas (docs/adr/0007). High dynamic range: signal to
 * light, brightness by the EETF of Report ITU-R BT.2390, then as any gamut: primaries to BT.709's, what lies outside of them mixed with
 * grey of the same luminance, light to signal by the inverse of BT.1886.
 */
export function mapColours(map: ColourMap): MapColour {
  const light = displayLight(map);
  const matrix = toBt709(map.primaries);
  return (signal) => {
    const [red, green, blue] = intoGamut(apply(matrix, light(signal)));
    return [bt1886Inverse(red), bt1886Inverse(green), bt1886Inverse(blue)];
  };
}

/** Light of the source's primaries; 1 is the white of the output. */
function displayLight(map: ColourMap): MapColour {
  if (map.kind === 'gamut') {
    const transfer = sdrTransfer(map.transfer);
    return ([red, green, blue]) => [transfer(red), transfer(green), transfer(blue)];
  }
  const dimmed = dimming(map.kind === 'hlg' ? hlgPeak : map.peakNits);
  if (map.kind === 'pq') {
    return ([red, green, blue]) => dimmed([pqToNits(red), pqToNits(green), pqToNits(blue)]);
  }
  const shares = luminanceOf(map.primaries);
  return ([red, green, blue]) => {
    const scene: Triple = [hlgToScene(red), hlgToScene(green), hlgToScene(blue)];
    const luminance = dot(shares, scene);
    const gain = luminance > 0 ? hlgPeak * luminance ** (hlgGamma - 1) : 0;
    return dimmed([scene[0] * gain, scene[1] * gain, scene[2] * gain]);
  };
}

/** By one factor for the three: it is found for the largest, so none passes white, and their proportion (hue, saturation) stays. */
function dimming(peakNits: number): MapColour {
  const eetf = brightness(peakNits);
  return ([red, green, blue]) => {
    const most = Math.max(red, green, blue);
    const factor = most > 0 ? eetf(most) / most / sdrWhite : 0;
    return [red * factor, green * factor, blue * factor];
  };
}

/** Report ITU-R BT.2390, "EETF": cd/m2 of a source to those of a display with a peak of `sdrWhite`; both have a black of 0. */
function brightness(peakNits: number): (nits: number) => number {
  const peak = nitsToPq(Math.max(peakNits, sdrWhite));
  const most = nitsToPq(sdrWhite) / peak;
  const knee = 1.5 * most - 0.5;
  return (nits) => {
    const signal = Math.min(1, nitsToPq(nits) / peak);
    if (signal < knee || knee >= 1) return Math.min(nits, sdrWhite);
    const t = (signal - knee) / (1 - knee);
    const spline =
      (2 * t ** 3 - 3 * t ** 2 + 1) * knee + (t ** 3 - 2 * t ** 2 + t) * (1 - knee) + (3 * t ** 2 - 2 * t ** 3) * most;
    return Math.min(sdrWhite, pqToNits(spline * peak));
  };
}

/** As much grey of the same luminance as brings each of the three to 0 to 1: hue and luminance stay, saturation does not. */
function intoGamut(light: Triple): Triple {
  const grey = Math.min(1, Math.max(0, dot(bt709Luminance, light)));
  const kept = light.reduce((share, value) => {
    if (value < 0) return Math.min(share, grey / (grey - value));
    return value > 1 ? Math.min(share, (1 - grey) / (value - grey)) : share;
  }, 1);
  const mixed = (value: number) => Math.min(1, Math.max(0, grey + kept * (value - grey)));
  return [mixed(light[0]), mixed(light[1]), mixed(light[2])];
}

const bt709Luminance = luminanceOf('bt709');
