/**
 * The list that the audio menu of media-chrome shows and sets, in the shape of an AudioTrackList:
 * https://html.spec.whatwg.org/multipage/media.html#audiotracklist. One of its tracks is always enabled.
 */
class SoundList extends EventTarget {
  #list = [];

  get length() {
    return this.#list.length;
  }

  [Symbol.iterator]() {
    return this.#list[Symbol.iterator]();
  }

  /** The name of the enabled sound; null where there is none. */
  get chosen() {
    return this.#list.find(({ enabled }) => enabled)?.label ?? null;
  }

  /** @param {{ name: string, language: string, isDefault: boolean }[]} sounds @param {string | null} wanted a name */
  replace(sounds, wanted = null) {
    const first = soundToPlay(sounds, wanted);
    // The menu sorts by the id.
    this.#list = sounds.map((sound, position) => this.#track(String(position), sound, sound === first));
    this.dispatchEvent(new Event(sounds.length > 0 ? 'addtrack' : 'removetrack'));
    this.dispatchEvent(new Event('change'));
  }

  #track(id, { name, language, isDefault }, enabled) {
    const choose = () => this.#choose(id);
    return {
      ...{ id, label: name, language, kind: isDefault ? 'main' : 'alternative' },
      get enabled() {
        return enabled;
      },
      set enabled(value) {
        const chosen = value && !enabled;
        enabled = value;
        if (chosen) choose();
      },
    };
  }

  #choose(id) {
    for (const track of this.#list) if (track.id !== id) track.enabled = false;
    this.dispatchEvent(new Event('change'));
    this.dispatchEvent(new CustomEvent('select', { detail: this.chosen }));
  }
}

export const createSounds = () => new SoundList();

/** Pure: what plays of these: the wanted one by its name, else the default, else the first. */
export const soundToPlay = (sounds, wanted) =>
  sounds.find(({ name }) => name === wanted) ?? sounds.find(({ isDefault }) => isDefault) ?? sounds[0];

/** Pure: a sound comes once for each bitrate; one entry for each name. */
export const byName = (sounds) => [...new Map(sounds.map((sound) => [sound.name, sound])).values()];
