import { type Box, boxesIn, childBoxes, damaged, findBox, needBox, readFullBox } from './boxes.ts';

/** What a track's header says. All times are ticks of `timescale` (per second). */
export interface Track {
  id: number;
  timescale: number;
  /** Of the media, as its header has it; 0 in a fragmented file. */
  duration: number;
  /** `vide`, `soun`, … */
  handler: string;
  /** Composition time that is presented first: taken from every time. 0 without an edit list. */
  editMediaTime: number;
  /** Nothing is presented before this: the sum of the empty edits. */
  editDelay: number;
  /** How much of the media is presented, or null for all of it. */
  editDuration: number | null;
  /** Of a sample whose fragment does not say (trex); zeros in a plain file. */
  defaults: SampleDefaults;
}

export interface SampleDefaults {
  duration: number;
  size: number;
  flags: number;
}

/** The header of the one track of a file (its bytes up to the end of moov suffice). Throws OUTPUT_DAMAGED. */
export function readTrack(init: Uint8Array): Track {
  return readTrackBox(findMoov(init)).track;
}

/** The track of a moov, and its `trak` box. We make files of one track only. */
export function readTrackBox(moov: Box): { track: Track; trak: Box } {
  const tracks = childBoxes(moov).filter((box) => box.type === 'trak');
  const [trak] = tracks;
  if (!trak || tracks.length > 1) throw damaged(`moov has ${tracks.length} tracks, not one`);

  const id = readTrackId(needBox(trak, ['tkhd']));
  const media = readTimes(needBox(trak, ['mdia', 'mdhd']));
  const movie = readTimes(needBox(moov, ['mvhd']));
  const track = {
    id,
    ...media,
    handler: readHandler(needBox(trak, ['mdia', 'hdlr'])),
    ...readEdits(findBox(trak, ['edts', 'elst']), media.timescale, movie.timescale),
    defaults: readDefaults(findBox(moov, ['mvex']), id),
  };
  return { track, trak };
}

export function findMoov(bytes: Uint8Array): Box {
  for (const box of boxesIn(bytes)) if (box.type === 'moov') return box;
  throw damaged('there is no moov');
}

/** `tkhd`, 8.3.2 */
function readTrackId(tkhd: Box): number {
  const { version, fields } = readFullBox(tkhd);
  fields.skip(version === 1 ? 16 : 8);
  return fields.u32();
}

/** `mdhd` and `mvhd`, 8.4.2 and 8.2.2: the same beginning. */
function readTimes(header: Box): { timescale: number; duration: number } {
  const { version, fields } = readFullBox(header);
  fields.skip(version === 1 ? 16 : 8);
  const timescale = fields.u32();
  if (timescale === 0) throw damaged(`${header.type} has timescale 0`);
  const duration = version === 1 ? fields.i64() : fields.u32();
  // All ones is "unknown" (8.4.2.3).
  return { timescale, duration: duration === 0xffffffff || duration < 0 ? 0 : duration };
}

function readHandler(hdlr: Box): string {
  const { fields } = readFullBox(hdlr);
  fields.skip(4);
  const code = fields.u32();
  return String.fromCharCode(code >>> 24, (code >>> 16) & 0xff, (code >>> 8) & 0xff, code & 0xff);
}

/** `elst`, 8.6.6: empty edits first, then at most one that presents media. */
function readEdits(elst: Box | null, timescale: number, movieTimescale: number) {
  const edits = { editMediaTime: 0, editDelay: 0, editDuration: null as number | null };
  if (!elst) return edits;
  const { version, fields } = readFullBox(elst);
  const toMedia = (movieTicks: number) => Math.round((movieTicks * timescale) / movieTimescale);
  let presents = false;
  for (let left = fields.u32(); left > 0; left--) {
    const duration = toMedia(version === 1 ? fields.i64() : fields.u32());
    const mediaTime = version === 1 ? fields.i64() : fields.i32();
    const rate = fields.i32();
    if (mediaTime !== -1 && rate !== 0x10000) throw damaged('an edit changes the speed');
    if (presents) throw damaged('the edit list has more than one part of media');
    if (mediaTime === -1) {
      edits.editDelay += duration;
    } else {
      presents = true;
      edits.editMediaTime = mediaTime;
      // 0 is "the rest", in a fragmented file whose length was not known yet.
      edits.editDuration = duration === 0 ? null : duration;
    }
  }
  return edits;
}

/** `trex`, 8.8.3 */
function readDefaults(mvex: Box | null, trackId: number): SampleDefaults {
  for (const trex of mvex ? childBoxes(mvex).filter((box) => box.type === 'trex') : []) {
    const { fields } = readFullBox(trex);
    if (fields.u32() !== trackId) continue;
    fields.skip(4);
    return { duration: fields.u32(), size: fields.u32(), flags: fields.u32() };
  }
  return { duration: 0, size: 0, flags: 0 };
}
