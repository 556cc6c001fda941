import type { AudioPlan } from '../plan/encode-plan.ts';
import { displayName } from '../words/display-name.ts';

/** One rendition of sound, as players are told of it. */
export interface Sound {
  rendition: string;
  /** Position of its track in the plan. */
  track: number;
  /** HLS group: all languages in one bitrate. Tracks in a group are the viewer's choice, never the player's. */
  group: string;
  /** To be shown: unique in its group. */
  name: string;
  /** BCP 47; null where it is not told. */
  language: string | null;
  isDefault: boolean;
  /** A player may take it because of the viewer's language: the first track of each. */
  autoselect: boolean;
  /** DASH (ISO/IEC 23009-1, 5.8.5.5). */
  role: 'main' | 'dub' | 'alternate';
}

export const audioRendition = (track: Pick<AudioPlan['tracks'][number], 'name'>): string => `audio/${track.name}`;

/** Name of the HLS group of a bitrate: the name of the default track's rendition. */
export const audioGroup = (audio: readonly AudioPlan[], bitrate: number): string =>
  audio[0]?.tracks[bitrate]?.name ?? `sound_${bitrate}`;

/** Every rendition of sound, in the plan's order: the default track first. */
export function soundsOf(audio: readonly AudioPlan[]): Sound[] {
  const names = soundNames(audio);
  const main = audio.find(({ isDefault }) => isDefault)?.language ?? null;
  return audio.flatMap(({ tracks, language, isDefault }, track) =>
    tracks.map((made, bitrate) => ({
      rendition: audioRendition(made),
      track,
      group: audioGroup(audio, bitrate),
      name: names[track] ?? '',
      ...{ language: tag(language), isDefault },
      autoselect: isDefault || (language !== null && isFirstOfLanguage(audio, track)),
      role: isDefault ? 'main' : language !== null && main !== null && language !== main ? 'dub' : 'alternate',
    })),
  );
}

/** A tag that both manifests can hold; a stranger wrote it. */
const tag = (language: string | null): string | null =>
  language !== null && /^[\w-]{2,35}$/.test(language) && language !== 'und' ? language : null;

const isFirstOfLanguage = (audio: readonly AudioPlan[], track: number): boolean =>
  audio.findIndex(({ language }) => language === audio[track]?.language) === track;

/** The language's own name; with the title where a language comes twice, and a number where that does not tell them apart. */
function soundNames(audio: readonly Pick<AudioPlan, 'language' | 'title'>[]): string[] {
  const plain = audio.map(({ language, title }) => (language ? ownName(language) : shown(title) || 'Sound'));
  const titled = audio.map(({ language, title }, track) => {
    const name = plain[track] ?? '';
    const alone = plain.filter((other) => other === name).length === 1;
    return alone || !language || !shown(title) ? name : `${name} (${shown(title)})`;
  });
  const taken = new Set<string>();
  return titled.map((name) => {
    let unique = name;
    for (let number = 2; taken.has(unique); number++) unique = `${name} ${number}`;
    taken.add(unique);
    return unique;
  });
}

/** `Deutsch`, `Français`; the tag itself where nobody knows it. */
function ownName(language: string): string {
  try {
    const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
    return shown(name.charAt(0).toLocaleUpperCase(language) + name.slice(1));
  } catch {
    return shown(language); // not a tag of BCP 47
  }
}

/** A stranger's words as a playlist may hold them: RFC 8216, 4.2 has no quotes and no line ends in a string. */
const shown = (words: string | null): string => displayName((words ?? '').replaceAll('"', ' '), 80);
