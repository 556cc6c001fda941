/** From a signal (0 to 1) to light. */
export type Transfer = (signal: number) => number;

const m1 = 2610 / 16384;
const m2 = (2523 / 4096) * 128;
const c1 = 3424 / 4096;
const c2 = (2413 / 4096) * 32;
const c3 = (2392 / 4096) * 32;

/** SMPTE ST 2084 (PQ): the light of a display, cd/m2. */
export const pqToNits: Transfer = (signal) => {
  const root = signal ** (1 / m2);
  return 10_000 * (Math.max(0, root - c1) / (c2 - c3 * root)) ** (1 / m1);
};

/** SMPTE ST 2084 (PQ), the other way. */
export const nitsToPq = (nits: number): number => {
  const power = (nits / 10_000) ** m1;
  return ((c1 + c2 * power) / (1 + c3 * power)) ** m2;
};

/** Recommendation ITU-R BT.2100, table 5: the light of a scene, 0 to 1, of an HLG signal. */
export const hlgToScene: Transfer = (signal) => {
  const a = 0.17883277;
  const b = 1 - 4 * a;
  const c = 0.5 - a * Math.log(4 * a);
  return signal <= 0.5 ? signal ** 2 / 3 : (Math.exp((signal - c) / a) + b) / 12;
};

/** Recommendation ITU-R BT.1886 with a black of 0: what a display makes of a signal of standard dynamic range, 0 to 1. */
export const bt1886: Transfer = (signal) => signal ** 2.4;

/** BT.1886, the other way. */
export const bt1886Inverse = (light: number): number => light ** (1 / 2.4);

/** The light of a standard signal, 0 to 1, by the transfer that its stream names; television's curves are read as a display shows them. */
export function sdrTransfer(name: string): Transfer {
  if (name === 'linear') return (signal) => signal;
  if (name === 'log100') return (signal) => (signal <= 0 ? 0 : 10 ** (2 * (signal - 1)));
  if (name === 'log316') return (signal) => (signal <= 0 ? 0 : 10 ** (2.5 * (signal - 1)));
  if (name === 'smpte428') return (signal) => (52.37 / 48) * signal ** 2.6; // digital cinema
  return bt1886;
}
