/** Rates that differ by no more than rounding, frames a second. */
const isNear = (told: number, rate: number): boolean => Math.abs(told - rate) <= rate * 0.01;

/**
 * The packager takes a frame rate from the length of one sample, which says nothing where lengths vary: each rendition told another rate then. Where
 * one of them is not the source's average, FRAME-RATE goes from all (RFC 8216, 4.3.4.2: it is the highest rate, and optional).
 */
export function settleFrameRatesInHls(master: string, rate: number | null): string {
  const told = [...master.matchAll(/FRAME-RATE=([\d.]+)/g)].map(([, value]) => Number(value));
  return areRight(told, rate) ? master : master.replace(/,FRAME-RATE=[\d.]+/g, '');
}

/** As `settleFrameRatesInHls`, of `frameRate` in the MPD (ISO/IEC 23009-1, 5.3.7.2). */
export function settleFrameRatesInDash(mpd: string, rate: number | null): string {
  const told = [...mpd.matchAll(/ frameRate="(\d+)(?:\/(\d+))?"/g)].map(([, a, b = '1']) => Number(a) / Number(b));
  return areRight(told, rate) ? mpd : mpd.replace(/ (?:maxF|f)rameRate="[\d/]+"/g, '');
}

const areRight = (told: readonly number[], rate: number | null): boolean =>
  rate === null || told.every((value) => isNear(value, rate));
