import { posix } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { dashManifest, hlsMaster } from './packager-args.ts';
import { parseMaster, parseMedia } from './parse-m3u8.ts';
import { type Mpd, parseMpd } from './parse-mpd.ts';

/** What was written: sizes of all files, and the words of playlists and manifest. Paths are relative to the manifests. */
export interface PackagedFiles {
  /** bytes by path */
  sizes: ReadonlyMap<string, number>;
  texts: ReadonlyMap<string, string>;
}

export interface ExpectedPackage {
  renditions: readonly { rendition: string; kind: 'video' | 'audio'; sound?: { track: number; isDefault: boolean } }[];
  seconds: number;
}

/** A rendition as players find it. Paths, in the order of time. */
export interface PackagedRendition {
  rendition: string;
  kind: 'video' | 'audio';
  init: string;
  segments: string[];
}

const toleranceSeconds = 0.5;

/**
 * Checks that HLS and DASH name the same files, that each of them is there and not empty, and that each rendition is as
 * long as the plan says. Gives the renditions as they are found. Throws PACKAGE_INVALID.
 */
export function checkPlaylists(files: PackagedFiles, expected: ExpectedPackage): PackagedRendition[] {
  const found = checkMaster(files, expected);
  const mpd = parseMpd(textOf(files, dashManifest));
  if (mpd.type !== 'static') throw invalid(`${dashManifest} is ${mpd.type}: players would start at its end`);
  checkSeconds(dashManifest, mpd.seconds, expected.seconds);

  checkSets(mpd, expected);

  const inHls = found.map(({ init, segments }) => [init, ...segments].join()).sort();
  const inDash = mpd.representations
    .map(({ init, segments }) => [init, ...segments.map(({ uri }) => uri)].join())
    .sort();
  if (inHls.join(' ') !== inDash.join(' ')) throw invalid('HLS and DASH do not name the same files');
  for (const { init, segments } of mpd.representations) checkSeconds(init, sum(segments), expected.seconds);
  return found;
}

function checkMaster(files: PackagedFiles, expected: ExpectedPackage): PackagedRendition[] {
  const master = parseMaster(textOf(files, hlsMaster));
  const groups = new Set(master.media.map(({ attributes }) => attributes['GROUP-ID']));
  for (const { uri, attributes } of master.variants) {
    if (attributes.AUDIO && !groups.has(attributes.AUDIO)) throw invalid(`${uri} has no sound ${attributes.AUDIO}`);
    if (!attributes.AUDIO && groups.size > 0) throw invalid(`${uri} names no sound`);
  }
  for (const group of groups) {
    const members = master.media.flatMap(({ attributes }) => (attributes['GROUP-ID'] === group ? [attributes] : []));
    const defaults = members.filter((member) => member.DEFAULT === 'YES').length;
    if (defaults !== 1) throw invalid(`the sounds of ${group} have ${defaults} defaults`);
    if (new Set(members.map(({ NAME }) => NAME)).size < members.length)
      throw invalid(`two sounds of ${group} have one name`);
  }
  const named = {
    video: master.variants.map(({ uri }) => uri),
    audio: master.media.map(({ uri }) => uri ?? ''),
    iframes: master.iframes.map(({ uri }) => uri),
  };
  const wanted = (kind: 'video' | 'audio', name: string) =>
    expected.renditions.filter((item) => item.kind === kind).map(({ rendition }) => `${rendition}/${name}`);
  checkSame('variants', named.video, wantedVariants(expected));
  checkSame('sound', named.audio, wanted('audio', 'playlist.m3u8'));
  checkSame('I-frames', named.iframes, wanted('video', 'iframes.m3u8'));
  for (const path of named.iframes) checkIframes(path, files);
  return expected.renditions.map(({ rendition, kind }) => {
    const path = `${rendition}/playlist.m3u8`;
    return { rendition, kind, ...checkMedia(path, files, expected.seconds) };
  });
}

/** One AdaptationSet for each track: in a common one a player would change between languages with the bandwidth. */
function checkSets({ representations }: Mpd, { renditions }: ExpectedPackage): void {
  const tracks = new Map<string, Set<number>>();
  const mains = new Set<string>();
  for (const { init, set } of representations) {
    const sound = renditions.find(({ rendition }) => init.startsWith(`${rendition}/`))?.sound;
    if (!sound) continue;
    tracks.set(set.id, (tracks.get(set.id) ?? new Set()).add(sound.track));
    if (set.roles.includes('main')) mains.add(set.id);
  }
  for (const { size } of tracks.values()) if (size > 1) throw invalid(`${dashManifest} has ${size} sounds in one set`);
  if (tracks.size > 0 && mains.size !== 1) throw invalid(`${dashManifest} has ${mains.size} main sounds`);
}

/** A variant for each picture; of sound alone, for each default track: a player takes the bitrate by it. */
const wantedVariants = ({ renditions }: ExpectedPackage): string[] => {
  const pictures = renditions.filter(({ kind }) => kind === 'video');
  const sounds = renditions.filter(({ sound }) => sound?.isDefault);
  return (pictures.length > 0 ? pictures : sounds).map(({ rendition }) => `${rendition}/playlist.m3u8`);
};

function checkMedia(path: string, files: PackagedFiles, seconds: number): { init: string; segments: string[] } {
  const playlist = readMedia(path, files);
  if (playlist.iframesOnly) throw invalid(`${path} has I-frames only`);
  checkSeconds(path, sum(playlist.segments), seconds);
  return { init: playlist.init, segments: playlist.segments.map(({ uri }) => uri) };
}

function checkIframes(path: string, files: PackagedFiles): void {
  const playlist = readMedia(path, files);
  if (!playlist.iframesOnly) throw invalid(`${path} does not say that it has I-frames only`);
  for (const { uri, byteRange } of playlist.segments) {
    const size = files.sizes.get(uri) ?? 0;
    if (!byteRange || byteRange.end > size) throw invalid(`${path} names a picture outside of ${uri}`);
  }
}

/** A media playlist, with its URIs as paths, each of which is there. */
function readMedia(path: string, files: PackagedFiles) {
  const playlist = parseMedia(textOf(files, path));
  const folder = posix.dirname(path);
  const resolve = (uri: string) => {
    const target = posix.join(folder, uri);
    if (!files.sizes.get(target)) throw invalid(`${path} names ${uri}, which is missing or empty`);
    return target;
  };
  if (!playlist.ended) throw invalid(`${path} does not end`);
  if (!playlist.init) throw invalid(`${path} names no init`);
  if (playlist.segments.length === 0) throw invalid(`${path} has no segments`);
  if (playlist.segments.some(({ seconds }) => Math.round(seconds) > playlist.targetSeconds)) {
    throw invalid(`${path} has a segment longer than its target duration`);
  }
  const segments = playlist.segments.map((segment) => ({ ...segment, uri: resolve(segment.uri) }));
  return { ...playlist, init: resolve(playlist.init), segments };
}

function checkSame(what: string, named: string[], wanted: string[]): void {
  if ([...named].sort().join() === [...wanted].sort().join()) return;
  throw invalid(`${hlsMaster} names the ${what} ${named.join() || 'none'}, not ${wanted.join() || 'none'}`);
}

function checkSeconds(path: string, found: number, wanted: number): void {
  if (Math.abs(found - wanted) <= toleranceSeconds) return;
  throw invalid(`${path} is ${found.toFixed(3)} s long, not ${wanted.toFixed(3)} s`);
}

function textOf({ texts }: PackagedFiles, path: string): string {
  const text = texts.get(path);
  if (!text) throw invalid(`${path} is missing or empty`);
  return text;
}

const sum = (parts: readonly { seconds: number }[]): number => parts.reduce((all, { seconds }) => all + seconds, 0);

const invalid = (what: string): CatalogueError => new CatalogueError('PACKAGE_INVALID', what);
