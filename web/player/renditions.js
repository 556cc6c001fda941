/**
 * The list that the quality menu of media-chrome shows and sets, in the shape of a TextTrackList:
 * https://github.com/muxinc/media-tracks. `selectedIndex` is -1 for automatic.
 */
class RenditionList extends EventTarget {
  #selected = -1;
  #list = [];

  get length() {
    return this.#list.length;
  }

  [Symbol.iterator]() {
    return this.#list[Symbol.iterator]();
  }

  /** @param {{ id: string, width: number, height: number, bitrate: number }[]} list largest first */
  replace(list) {
    for (let index = 0; index < this.#list.length; index++) delete this[index];
    this.#list = list;
    list.forEach((rendition, index) => {
      this[index] = rendition;
    });
    this.#selected = -1;
    this.dispatchEvent(new Event(list.length > 0 ? 'addrendition' : 'removerendition'));
    this.dispatchEvent(new Event('change'));
  }

  get selectedIndex() {
    return this.#selected;
  }

  set selectedIndex(index) {
    this.#selected = index;
    this.dispatchEvent(new Event('change'));
    this.dispatchEvent(new CustomEvent('select', { detail: this.#list[index]?.id ?? null }));
  }
}

export const createRenditions = () => new RenditionList();
