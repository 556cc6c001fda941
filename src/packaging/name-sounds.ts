import { parseAttributes } from './parse-m3u8.ts';
import type { Sound } from './sounds.ts';

/**
 * The packager refuses a whole package for a language that it does not know, and cannot be given names with commas. So it is told
 * neither; both are written into its manifests here.
 */
export function nameSoundsInHls(master: string, sounds: readonly Sound[]): string {
  return master
    .split('\n')
    .map((line) => {
      if (!line.startsWith('#EXT-X-MEDIA:TYPE=AUDIO')) return line;
      const attributes = parseAttributes(line.slice(line.indexOf(':') + 1));
      const sound = sounds.find(({ rendition }) => attributes.URI === `${rendition}/playlist.m3u8`);
      return sound ? hlsLine(sound, attributes.CHANNELS) : line;
    })
    .join('\n');
}

/** RFC 8216, 4.3.4.1: in each group one default, names that differ, and languages that differ among those a player may take by itself. */
const hlsLine = ({ rendition, group, language, name, isDefault, autoselect }: Sound, channels?: string): string =>
  [
    `#EXT-X-MEDIA:TYPE=AUDIO,URI="${rendition}/playlist.m3u8",GROUP-ID="${group}"`,
    ...(language ? [`LANGUAGE="${language}"`] : []),
    `NAME="${name}"`,
    `DEFAULT=${isDefault ? 'YES' : 'NO'},AUTOSELECT=${autoselect ? 'YES' : 'NO'}`,
    ...(channels ? [`CHANNELS="${channels}"`] : []),
  ].join();

/** What keeps the tracks apart for the packager, which makes one AdaptationSet of those that seem alike; replaced by `nameSoundsInDash`. */
export const soundLabel = ({ track }: Pick<Sound, 'track'>): string => `sound-${track}`;

/** Gives each AdaptationSet of sound its language (`und`, RFC 5646, where it is not told) and its name. */
export function nameSoundsInDash(mpd: string, sounds: readonly Sound[]): string {
  return mpd.replace(labelledSet, (whole, attributes, before, label) => {
    const sound = sounds.find((item) => soundLabel(item) === label);
    if (!sound) return whole;
    const language = escapeXml(sound.language ?? 'und');
    return `<AdaptationSet ${attributes} lang="${language}">${before}<Label>${escapeXml(sound.name)}</Label>`;
  });
}

/** Up to its label, and never into the next set: the packager writes roles before it. */
const labelledSet = /<AdaptationSet ([^>]*)>((?:(?!<\/AdaptationSet>)[\s\S])*?)<Label>([^<]*)<\/Label>/g;

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (sign) => entities[sign] ?? '');
