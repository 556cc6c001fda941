/** What a stream asks of a decoder. Sizes in pixels, rates in kbit/s (maxrate) and kbit (bufsize). */
export interface H264Demand {
  width: number;
  height: number;
  /** Null where it is not known: then 30 is taken. */
  frameRate: number | null;
  maxrateKbps: number;
  bufsizeKbps: number;
}

/** Rec. ITU-T H.264, table A-1: [level, macroblocks/s, macroblocks a frame, DPB in macroblocks, kbit/s, CPB kbit]. */
const levels = [
  ['3.0', 40_500, 1_620, 8_100, 10_000, 10_000],
  ['3.1', 108_000, 3_600, 18_000, 14_000, 14_000],
  ['4.0', 245_760, 8_192, 32_768, 20_000, 25_000],
  ['4.2', 522_240, 8_704, 34_816, 50_000, 62_500],
  ['5.0', 589_824, 22_080, 110_400, 135_000, 135_000],
  ['5.1', 983_040, 36_864, 184_320, 240_000, 240_000],
  ['5.2', 2_073_600, 36_864, 184_320, 240_000, 240_000],
  ['6.0', 4_177_920, 139_264, 696_320, 240_000, 240_000],
  ['6.1', 8_355_840, 139_264, 696_320, 480_000, 480_000],
  ['6.2', 16_711_680, 139_264, 696_320, 800_000, 800_000],
] as const;

/** The user's reference point: 720p is high@4.0, though 3.1 would do for 30 frames a second. */
const referenceShortSide = 720;
/** x264's medium preset keeps 3 reference frames, and the B-pyramid one more. */
const decodedPictures = 4;
/** High profile may use 1.25 times the rates that the table gives for Main. */
const highProfileFactor = 1.25;

/**
 * The H.264 level of a rendition (High profile), from size, frame rate and rates, never from its content: the level
 * is in the init segment, which must be the same bytes for every segment.
 */
export function h264Level(demand: H264Demand): string {
  const macroblocks = Math.ceil(demand.width / 16) * Math.ceil(demand.height / 16);
  const needed = {
    macroblocksPerSecond: macroblocks * (demand.frameRate ?? 30),
    pictures: macroblocks * decodedPictures,
    kbps: demand.maxrateKbps / highProfileFactor,
    kbit: demand.bufsizeKbps / highProfileFactor,
  };
  const isReference = Math.min(demand.width, demand.height) >= referenceShortSide;
  const fitting = levels.find(
    ([level, perSecond, perFrame, pictures, kbps, kbit]) =>
      !(isReference && level < '4.0') &&
      needed.macroblocksPerSecond <= perSecond &&
      macroblocks <= perFrame &&
      needed.pictures <= pictures &&
      needed.kbps <= kbps &&
      needed.kbit <= kbit,
  );
  return fitting?.[0] ?? '6.2';
}
