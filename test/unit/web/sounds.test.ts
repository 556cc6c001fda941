import { expect, test } from 'vitest';

const { byName, createSounds, soundToPlay } = await import(
  new URL('../../../web/player/sounds.js', import.meta.url).href
);

const german = { name: 'Deutsch', language: 'de', isDefault: false };
const english = { name: 'English', language: 'en', isDefault: true };

test.each([
  ['the default', [german, english], null, english],
  ['the wanted one', [german, english], 'Deutsch', german],
  ['the default, where the wanted one is not there', [german, english], 'Suomi', english],
  ['the first, where none is a default', [german], null, german],
  ['none, where there is none', [], 'Deutsch', undefined],
])('what plays is %s', (_, sounds, wanted, expected) => {
  expect(soundToPlay(sounds, wanted)).toBe(expected);
});

test('a sound in several bitrates is one choice, in the order of the manifest', () => {
  const names = byName([english, german, { ...english }, { ...german }]).map(({ name }: typeof german) => name);
  expect(names).toEqual(['English', 'Deutsch']);
});

/** As media-chrome sets it: each track is told whether it is the one. */
function request(sounds: Iterable<{ id: string; enabled: boolean }>, id: string) {
  for (const track of sounds) track.enabled = track.id === id;
}

test.each(['0', '1', '2'])('one sound is always enabled, and who plays is told once of a choice: %s', (id) => {
  const sounds = createSounds();
  const told: string[] = [];
  sounds.addEventListener('select', ({ detail }: { detail: string }) => told.push(detail));
  const third = { name: 'Suomi', language: 'fi', isDefault: false };
  sounds.replace([german, english, third]);
  expect(sounds.chosen).toBe('English');
  expect(told).toEqual([]);

  request(sounds, id);
  const [chosen] = [...sounds].filter(({ enabled }) => enabled);
  expect([...sounds].filter(({ enabled }) => enabled)).toHaveLength(1);
  expect(chosen.id).toBe(id);
  expect(told).toEqual(id === '1' ? [] : [chosen.label]);
});

test('a list of another engine keeps the choice by its name', () => {
  const sounds = createSounds();
  sounds.replace([english, german], 'Deutsch');
  const kept = sounds.chosen;
  sounds.replace([]);
  expect(sounds.chosen).toBeNull();
  sounds.replace([german, english], kept);
  expect(sounds.chosen).toBe('Deutsch');
});
