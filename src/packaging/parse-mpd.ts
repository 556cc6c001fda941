import { CatalogueError } from '../errors/catalogue-error.ts';
import { type Element, parseXml } from './parse-xml.ts';

/** A DASH manifest, as far as our checks need it. URIs are as written, relative to the manifest. */
export interface Mpd {
  type: string;
  seconds: number;
  representations: {
    init: string;
    segments: { uri: string; seconds: number }[];
    /** Of its AdaptationSet. */
    set: MpdSet;
  }[];
}

/** What players choose by. */
export interface MpdSet {
  id: string;
  kind: string;
  language: string | null;
  roles: string[];
}

/** Reads an MPD of segment templates with timelines (ISO/IEC 23009-1, 5.3.9). Throws PACKAGE_INVALID. */
export function parseMpd(text: string): Mpd {
  const mpd = parseXml(text);
  if (mpd.name !== 'MPD') throw invalid(`the root is ${mpd.name}`);
  const sets = childrenOf(mpd, 'Period').flatMap((period) => childrenOf(period, 'AdaptationSet'));
  return {
    type: mpd.attributes.type ?? 'static', // the standard's default
    seconds: parseDuration(mpd.attributes.mediaPresentationDuration),
    representations: sets.flatMap((set) => childrenOf(set, 'Representation').map((item) => representation(item, set))),
  };
}

function representation(item: Element, set: Element): Mpd['representations'][number] {
  const template = childrenOf(item, 'SegmentTemplate')[0] ?? childrenOf(set, 'SegmentTemplate')[0];
  if (!template) throw invalid('a representation has no SegmentTemplate');
  const { initialization, media, timescale, startNumber } = template.attributes;
  if (!initialization || !media?.includes('$Number$')) throw invalid('a SegmentTemplate names no init or no $Number$');
  const timeline = childrenOf(template, 'SegmentTimeline')[0];
  if (!timeline) throw invalid('a SegmentTemplate has no SegmentTimeline');

  const ticks = childrenOf(timeline, 'S').flatMap(({ attributes }) => {
    const times = whole(attributes.r ?? '0') + 1;
    // A manifest that repeats without end, or more often than a clip of twelve hours can, is none of ours.
    if (times < 1 || times > 1_000_000) throw invalid(`a segment is repeated ${times} times`);
    return Array.from({ length: times }, () => whole(attributes.d));
  });
  const first = whole(startNumber ?? '1');
  const segments = ticks.map((duration, position) => ({
    uri: media.replace('$Number$', String(first + position)),
    seconds: duration / whole(timescale ?? '1'),
  }));
  return { init: initialization, segments, set: adaptationSet(set) };
}

const adaptationSet = (set: Element): MpdSet => ({
  id: set.attributes.id ?? '',
  kind: set.attributes.contentType ?? '',
  language: set.attributes.lang ?? null,
  roles: childrenOf(set, 'Role').map(({ attributes }) => attributes.value ?? ''),
});

/** `PT1H2M3.5S` in seconds. */
function parseDuration(text = ''): number {
  const match = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(text);
  if (!match || text === 'PT') throw invalid(`the duration "${text}" cannot be read`);
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return hours * 3600 + minutes * 60 + seconds;
}

const childrenOf = (element: Element, name: string): Element[] =>
  element.children.filter((child) => child.name === name);

function whole(text: string | undefined): number {
  const value = Number(text);
  if (!text || !Number.isSafeInteger(value)) throw invalid(`"${text}" is not a whole number`);
  return value;
}

const invalid = (what: string): CatalogueError => new CatalogueError('PACKAGE_INVALID', `MPD: ${what}`);
